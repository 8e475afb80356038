<?php
/*
 * Debian's translations are there without a download; what the site itself fetched later comes before them. Where they
 * are older than WordPress, what one sees first is translated here.
 */

defined('ABSPATH') || exit;

const SOUK_LANGUAGES = '/usr/share/wordpress/wp-content/languages';
const SOUK_SPOKEN = ['fr' => 'fr_FR', 'ar' => 'ar'];
/* Scripts whose words the others of the editor have from. */
const SOUK_SCRIPTS = ['wp-editor', 'wp-block-editor', 'wp-edit-post', 'wp-edit-site', 'wp-block-library'];

add_filter('load_textdomain_mofile', function ($file) {
    $ours = SOUK_LANGUAGES . '/' . basename($file);
    return !is_readable($file) && dirname($file) === WP_LANG_DIR && is_readable($ours) ? $ours : $file;
});

add_filter('get_available_languages', fn($found) => array_values(array_unique([...$found, ...SOUK_SPOKEN])));

/** Our own words in the reader's language, by what WordPress says in English. */
function souk_words(): array
{
    static $all = null, $found = [];
    $place = array_search(determine_locale(), array_values(SOUK_SPOKEN), true);
    if ($place === false) {
        return [];
    }
    $all ??= require __DIR__ . '/words.php';
    return $found[$place] ??= array_map(fn($texts) => $texts[$place], $all);
}

add_filter('gettext_default', fn($said, $text) => $said === $text ? (souk_words()[$text] ?? $said) : $said, 10, 2);
add_filter(
    'gettext_with_context_default',
    fn($said, $text) => $said === $text ? (souk_words()[$text] ?? $said) : $said,
    10,
    2
);

/* Asked for no file, once there is none that the site fetched. */
add_filter('pre_load_script_translations', function ($found, $file, $handle, $domain) {
    if ($found || $file || $domain !== 'default' || !in_array($handle, SOUK_SCRIPTS, true) || !souk_words()) {
        return $found;
    }
    $words = array_map(fn($text) => [$text], souk_words());
    return wp_json_encode(['locale_data' => ['messages' => ['' => ['domain' => 'messages']] + $words]]);
}, 10, 4);
