<?php
/* What WordPress is told on this machine. What is the customer's to choose comes from the platform. */

$souk = json_decode(file_get_contents('/etc/souk/web/site.json'), true);
$souk_host = strtolower((string) ($_SERVER['HTTP_HOST'] ?? ''));
if (!in_array($souk_host, $souk['hosts'], true)) {
    /* What the server's configuration calls this site: a name of its customer's own, or the platform's. */
    $souk_host = $_SERVER['SERVER_NAME'] ?? $souk['hosts'][0];
}

define('WP_HOME', 'https://' . $souk_host);
define('WP_SITEURL', WP_HOME);
define('WP_CONTENT_DIR', '/srv/site/content');
define('WP_CONTENT_URL', WP_HOME . '/wp-content');
define('WP_TEMP_DIR', '/srv/site/private/tmp');

/* The platform's own part is out of reach of whatever runs in the site. */
define('WPMU_PLUGIN_DIR', '/usr/lib/souk/wordpress/mu');
define('WPMU_PLUGIN_URL', WP_HOME . '/.well-known/none');

/* The server knows who asks by its process: there is no password. */
define('DB_NAME', 'wordpress');
define('DB_USER', 'site');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:/run/souk-database/socket');
define('DB_CHARSET', 'utf8mb4');

define('FS_METHOD', 'direct');
define('FS_CHMOD_DIR', 0755);
define('FS_CHMOD_FILE', 0644);
define('FORCE_SSL_ADMIN', true);
define('DISALLOW_FILE_EDIT', true);
define('DISABLE_WP_CRON', true);
define('WP_ALLOW_MULTISITE', false);
define('WP_POST_REVISIONS', 20);
define('WP_DEBUG_DISPLAY', false);

foreach (require '/srv/site/private/salts.php' as $souk_name => $souk_salt) {
    define($souk_name, $souk_salt);
}
