<?php
/* One address for another, in all that WordPress keeps. */

const SOUK_COLUMNS = [
    'posts' => ['ID', 'post_content', 'post_excerpt'],
    'postmeta' => ['meta_id', 'meta_value'],
    'options' => ['option_id', 'option_value'],
    'comments' => ['comment_ID', 'comment_content'],
    'termmeta' => ['meta_id', 'meta_value'],
    'usermeta' => ['umeta_id', 'meta_value'],
];

function souk_replace(string $before, string $now): void
{
    global $wpdb;
    foreach (SOUK_COLUMNS as $table => $columns) {
        $key = array_shift($columns);
        foreach ($columns as $column) {
            $name = $wpdb->prefix . $table;
            $escaped = '%' . $wpdb->esc_like(substr($before, strlen('https://'))) . '%';
            $found = $wpdb->get_results($wpdb->prepare(
                "SELECT `$key` AS id, `$column` AS text FROM `$name` WHERE `$column` LIKE %s",
                $escaped
            ));
            foreach ($found as $row) {
                $text = souk_replaced($row->text, $before, $now);
                if ($text !== $row->text) {
                    $wpdb->update($name, [$column => $text], [$key => $row->id]);
                }
            }
        }
    }
    wp_cache_flush();
}

/** The same value with another address. What holds objects of an extension stays: only it could make them again. */
function souk_replaced(mixed $value, string $before, string $now): mixed
{
    if (is_array($value)) {
        return array_map(fn($each) => souk_replaced($each, $before, $now), $value);
    }
    if (!is_string($value)) {
        return $value;
    }
    if (is_serialized($value)) {
        $held = preg_match('/(^|[;{])[OC]:\d+:"/', $value) ? null : @unserialize($value, ['allowed_classes' => false]);
        return is_array($held) ? serialize(souk_replaced($held, $before, $now)) : $value;
    }
    /* As it is, and as JSON writes it. */
    $value = preg_replace('~' . preg_quote($before, '~') . '(?![\w.-])~', $now, $value);
    $slashed = fn($address) => str_replace('/', '\\/', $address);
    return preg_replace('~' . preg_quote($slashed($before), '~') . '(?![\w.-])~', addcslashes($slashed($now), '\\'), $value);
}
