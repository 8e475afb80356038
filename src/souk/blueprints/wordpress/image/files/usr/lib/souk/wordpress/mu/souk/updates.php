<?php
/*
 * Before an extension or a theme is exchanged, all of them and the database are copied as one. Once that has ended,
 * however it did, the site's pages are looked at; if one of them breaks, it is all put back. Another process does both.
 */

defined('ABSPATH') || exit;

const SOUK_UPDATING = '/srv/site/private/update';
const SOUK_TOLD = '/srv/site/private/updates.json';

/* Before WordPress takes an extension out of service for the time. */
add_filter('upgrader_pre_install', function ($go, $about) {
    static $lock = null;
    if (is_wp_error($go) || $lock !== null) {
        return $go;
    }
    $lock = fopen(SOUK_UPDATING . '.lock', 'c');
    /* Let go by the system when this request has ended, even if PHP dies of it. */
    if (!$lock || !flock($lock, LOCK_EX | LOCK_NB)) {
        $lock = null;
        return new WP_Error('souk_busy', souk_say([
            'fr' => 'Une autre mise à jour est en cours. Réessayez dans une minute.',
            'ar' => 'هناك تحديث آخر جارٍ. أعيدوا المحاولة بعد دقيقة.',
            'en' => 'Another update is under way. Try again in a minute.',
        ]));
    }
    register_shutdown_function(fn() => fclose($lock));
    $what = $about['plugin'] ?? $about['theme'] ?? $about['type'] ?? '';
    $command = ['/usr/bin/python3', '-IS', '/usr/lib/souk/wordpress/updating', 'before', (string) $what];
    $copying = proc_open($command, [1 => ['pipe', 'w'], 2 => ['pipe', 'w']], $pipes, '/srv/site');
    $said = $copying ? trim(stream_get_contents($pipes[1]) . stream_get_contents($pipes[2])) : 'no process';
    if (!$copying || proc_close($copying) !== 0) {
        error_log('nothing is updated, since it can\'t be copied first: ' . substr($said, -200));
        return new WP_Error('souk_copy', souk_say([
            'fr' => 'Rien n’a été changé : la copie qui permet de revenir en arrière n’a pas pu être faite. '
                . 'Il manque peut-être de la place sur le disque.',
            'ar' => 'لم يتغير شيء: تعذر إعداد النسخة التي تسمح بالرجوع. قد لا تكفي مساحة القرص.',
            'en' => 'Nothing was changed: the copy that allows going back could not be made. '
                . 'Perhaps the disk has no room.',
        ]));
    }
    return $go;
}, 1, 2);

/* What it is that was exchanged. */
add_filter('upgrader_post_install', function ($go, $about, $result) {
    @file_put_contents(SOUK_UPDATING . '/exchanged', $result['destination_name'] ?? '');
    return $go;
}, 1, 3);

/* What came of the last ones, on the pages where one starts them. */
add_action('admin_notices', function () {
    if (!current_user_can('update_plugins') || !is_readable(SOUK_TOLD)) {
        return;
    }
    $told = json_decode((string) file_get_contents(SOUK_TOLD), true) ?: [];
    $last = end($told);
    if (!$last || $last['kept'] || $last['at'] < time() - 7 * DAY_IN_SECONDS) {
        return;
    }
    printf(
        '<div class="notice notice-error"><p>%s</p><p><code>%s</code></p></div>',
        esc_html(sprintf(souk_say([
            'fr' => 'La mise à jour de « %1$s » du %2$s cassait le site : tout a été remis comme avant.',
            'ar' => 'تحديث «%1$s» في %2$s كان يعطل الموقع: أعيد كل شيء كما كان.',
            'en' => 'The update of “%1$s” on %2$s broke the site: everything was put back as it was.',
        ]), $last['what'], wp_date('Y-m-d H:i', (int) $last['at']))),
        esc_html($last['why'])
    );
});
