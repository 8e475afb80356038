<?php
/*
Plugin Name: Souk
Description: What the platform sees to in each WordPress: its languages, who tries to sign in too often, mail.
*/

defined('ABSPATH') || exit;

require __DIR__ . '/souk/languages.php';
require __DIR__ . '/souk/signing_in.php';
require __DIR__ . '/souk/mail.php';
require __DIR__ . '/souk/updates.php';

/* The server's own configuration answers for all addresses; there is no file to write. */
add_filter('got_rewrite', '__return_true');
add_filter('flush_rewrite_rules_hard', '__return_false');
/* WordPress itself comes with the image, which is what is renewed. */
add_filter('pre_site_transient_update_core', fn() => (object) [
    'updates' => [],
    'version_checked' => $GLOBALS['wp_version'],
    'last_checked' => time(),
]);
