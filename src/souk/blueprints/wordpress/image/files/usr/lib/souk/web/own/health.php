<?php
/* Whether PHP reaches the site's database, and WordPress is in it. Nothing of the site's own runs for this. */

mysqli_report(MYSQLI_REPORT_OFF);
header('Content-Type: application/json');
$link = mysqli_init();
$there = $link->real_connect('localhost', 'site', '', 'wordpress', 0, '/run/souk-database/socket')
    && $link->query("SELECT 1 FROM wp_options WHERE option_name = 'siteurl'")?->num_rows === 1;
if (!$there) {
    http_response_code(503);
    exit('{}');
}
$told = $link->query(
    "SELECT sum(data_length + index_length) FROM information_schema.tables WHERE table_schema LIKE 'wordpress%'"
);
echo json_encode(['database' => (int) $told->fetch_row()[0]]);
