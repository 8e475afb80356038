<?php
/*
 * Does in WordPress what the platform asks, as the JSON document on standard input says. Run as the site's own user.
 * Safe to kill and repeat. Prints one JSON object as its last line.
 */

$asked = json_decode(stream_get_contents(STDIN), true);
$answers = [
    'install' => 'souk_install',
    'person' => 'souk_person',
    'drop' => 'souk_drop',
    'keep' => 'souk_keep',
];

const SOUK_MADE = 'souk_binding';
const SOUK_ADDRESS = 'souk_address';
const SOUK_APPLIED = 'souk_password_applied';

if ($asked['do'] === 'install') {
    define('WP_INSTALLING', true);
}
ob_start();
require '/usr/share/wordpress/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/user.php';
/* Nothing here has to ask anybody. */
add_filter('pre_http_request', fn() => new WP_Error('souk', 'not now'));
$answer = $answers[$asked['do']]($asked);
ob_end_clean();
echo "\n", json_encode($answer), "\n";

/** WordPress in the database, if it is not there yet; and its owner's password, if that is another one than before. */
function souk_install(array $asked): array
{
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    $made = !is_blog_installed();
    if ($made) {
        $language = $asked['locale'];
        if ($language !== 'en_US') {
            load_default_textdomain($language);
            $GLOBALS['wp_locale'] = new WP_Locale();
        }
        wp_install($asked['title'], $asked['admin'], $asked['email'], true, '', wp_slash($asked['password']), $language);
        update_option('timezone_string', $asked['timezone']);
        update_option('default_pingback_flag', 0);
        update_option('default_ping_status', 'closed');
        $GLOBALS['wp_rewrite']->set_permalink_structure('/%postname%/');
        flush_rewrite_rules(false);
    } elseif ((int) get_option('db_version') !== $GLOBALS['wp_db_version']) {
        wp_upgrade();
    }
    souk_moved();
    souk_owner($asked);
    return ['installed' => $made];
}

/** What was restored as another service names that one's address: where it does, it names this one's from now on. */
function souk_moved(): void
{
    require_once __DIR__ . '/moving.php';
    $now = 'https://' . $GLOBALS['souk']['hosts'][0];
    $before = get_option(SOUK_ADDRESS);
    if ($before && $before !== $now) {
        souk_replace($before, $now);
    }
    update_option(SOUK_ADDRESS, $now, false);
}

function souk_owner(array $asked): void
{
    $sum = hash('sha256', $asked['password']);
    if (get_option(SOUK_APPLIED) === $sum) {
        return;
    }
    $owner = get_user_by('login', $asked['admin']);
    if (!$owner) {
        $id = wp_insert_user(['user_login' => $asked['admin'], 'user_pass' => $asked['password'], 'role' => 'administrator', 'meta_input' => [SOUK_MADE => '1']]);
        if (is_wp_error($id)) {
            souk_fail($id);
        }
    } else {
        if (!wp_check_password($asked['password'], $owner->user_pass, $owner->ID)) {
            souk_password($owner->ID, $asked['password']);
        }
        $owner->set_role('administrator');
        update_user_meta($owner->ID, SOUK_MADE, '1');
    }
    update_option(SOUK_APPLIED, $sum, false);
}

/** Somebody who signs in with this password, in this role; whoever signed in as them before does so no more. */
function souk_person(array $asked): array
{
    $known = get_user_by('login', $asked['name']);
    if ($known && get_user_meta($known->ID, SOUK_MADE, true) !== '1') {
        return ['declined' => 'taken'];
    }
    if (!$known) {
        $id = wp_insert_user([
            'user_login' => $asked['name'],
            'user_pass' => $asked['password'],
            'role' => $asked['role'],
            'meta_input' => [SOUK_MADE => '1'],
        ]);
        return is_wp_error($id) ? souk_fail($id) : [];
    }
    if (!wp_check_password($asked['password'], $known->user_pass, $known->ID)) {
        souk_password($known->ID, $asked['password']);
    }
    $known->set_role($asked['role']);
    return [];
}

/** Nobody signs in by this name any more; what they wrote is the owner's. */
function souk_drop(array $asked): array
{
    $known = get_user_by('login', $asked['name']);
    if ($known && get_user_meta($known->ID, SOUK_MADE, true) === '1') {
        $heir = souk_heir($known->ID, $asked['admin']);
        if ($heir === null) {
            /* Without anybody whose it could be, what they wrote would go with them. */
            souk_password($known->ID, wp_generate_password(60));
        } else {
            wp_delete_user($known->ID, $heir);
        }
    }
    return [];
}

/** An administrator whom the platform made: the owner under the name that is theirs now, or another one. */
function souk_heir(int $leaves, string $admin): ?int
{
    $others = get_users(['role' => 'administrator', 'meta_key' => SOUK_MADE, 'meta_value' => '1',
        'exclude' => [$leaves], 'orderby' => 'ID', 'order' => 'DESC']);
    $owner = '/^' . preg_quote($admin, '/') . '(_\d+)?$/';
    $owners = array_filter($others, fn($each) => preg_match($owner, $each->user_login));
    $heir = reset($owners) ?: reset($others);
    return $heir ? $heir->ID : null;
}

/** Of those that the platform made only these stay. */
function souk_keep(array $asked): array
{
    foreach (get_users(['meta_key' => SOUK_MADE, 'meta_value' => '1']) as $user) {
        if (!in_array($user->user_login, $asked['names'], true)) {
            souk_drop(['name' => $user->user_login, 'admin' => $asked['admin']]);
        }
    }
    return [];
}

function souk_password(int $id, string $password): void
{
    wp_set_password($password, $id);
    WP_Session_Tokens::get_instance($id)->destroy_all();
    WP_Application_Passwords::delete_all_application_passwords($id);
}

function souk_fail(WP_Error $error): array
{
    return ['error' => $error->get_error_message()];
}

/** Nobody is told by mail of what the platform itself made. */
function wp_new_blog_notification(...$told): void
{
}
