<?php
// The application in plain PHP, after a set-up: the lines that send the CORS headers,
// as at the top of many scripts. The file that CORS_SETUP names holds them.
require getenv('CORS_SETUP');

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$methods = [
    '/items' => ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    '/vary' => ['GET', 'HEAD'],
    '/own' => ['GET', 'HEAD'],
    '/error' => ['GET', 'HEAD'],
];
header('Content-Type: text/plain');
if (!isset($methods[$path])) {
    http_response_code(404);
    echo 'not found';
} elseif (!in_array($_SERVER['REQUEST_METHOD'], $methods[$path], true)) {
    http_response_code(405);
    header('Allow: ' . implode(', ', $methods[$path]));
} elseif ($path === '/error') {
    throw new RuntimeException('broken');
} elseif ($path === '/vary') {
    header('Vary: Accept-Encoding');
    echo 'varied';
} elseif ($path === '/own') {
    header('Access-Control-Allow-Origin: *', false);
    echo 'own';
} else {
    header('X-Total-Count: 3');
    header('X-Request-Id: 1');
    echo 'items';
}
