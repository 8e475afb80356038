<?php
/* Who gives wrong passwords again and again, for one name or from one address, is asked to wait. */

defined('ABSPATH') || exit;

/* From one address; and for one name from anywhere: enough that strangers shut its owner out only with an effort. */
const SOUK_TRIES = 10;
const SOUK_TRIES_FOR_A_NAME = 100;
const SOUK_WAIT = 15 * MINUTE_IN_SECONDS;

/** How many there may be, by what they are counted under. */
function souk_tries_of(string $login): array
{
    $key = fn($what) => 'souk_tries_' . substr(hash('sha256', $what), 0, 40);
    return [
        $key('from ' . ($_SERVER['REMOTE_ADDR'] ?? '')) => SOUK_TRIES,
        $key('as ' . strtolower($login)) => SOUK_TRIES_FOR_A_NAME,
    ];
}

/* Before any password is looked at. */
add_filter('authenticate', function ($user, $login) {
    if ($login === '' || $login === null) {
        return $user;
    }
    foreach (souk_tries_of($login) as $key => $most) {
        if ((int) get_transient($key) >= $most) {
            remove_filter('authenticate', 'wp_authenticate_username_password', 20);
            remove_filter('authenticate', 'wp_authenticate_email_password', 20);
            status_header(429);
            return new WP_Error('souk_too_often', souk_say([
                'fr' => 'Trop de tentatives. Réessayez dans un quart d’heure.',
                'ar' => 'محاولات كثيرة جدًا. أعيدوا المحاولة بعد ربع ساعة.',
                'en' => 'Too many tries. Try again in a quarter of an hour.',
            ]));
        }
    }
    return $user;
}, 5, 2);

add_action('wp_login_failed', function ($login, $error = null) {
    if (is_wp_error($error) && $error->get_error_code() === 'souk_too_often') {
        return;
    }
    foreach (array_keys(souk_tries_of((string) $login)) as $key) {
        set_transient($key, (int) get_transient($key) + 1, SOUK_WAIT);
    }
}, 10, 2);

/** A sentence in the language of whoever reads it. */
function souk_say(array $texts): string
{
    return $texts[substr(determine_locale(), 0, 2)] ?? $texts['en'];
}
