<?php
/* Debian's translations are there without a download; what the site itself fetched later comes before them. */

defined('ABSPATH') || exit;

const SOUK_LANGUAGES = '/usr/share/wordpress/wp-content/languages';
const SOUK_SPOKEN = ['ar', 'fr_FR'];

add_filter('load_textdomain_mofile', function ($file) {
    $ours = SOUK_LANGUAGES . '/' . basename($file);
    return !is_readable($file) && dirname($file) === WP_LANG_DIR && is_readable($ours) ? $ours : $file;
});

add_filter('get_available_languages', fn($found) => array_values(array_unique([...$found, ...SOUK_SPOKEN])));
