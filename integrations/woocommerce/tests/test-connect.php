<?php
/** Connecting: what is sent, what each answer means, and what is remembered. */

require __DIR__ . '/testing.php';
load_plugin();
foreach (['checks', 'edge-texts', 'connect'] as $part) {
    require dirname(__DIR__) . "/includes/connection/$part.php";
}

$answers = [
    [['code' => 401, 'body' => '{"error": {"code": "unknown_key"}}'], 'keys', 'know this secret key'],
    [['code' => 404, 'body' => '{"error": {"code": "not_found"}}'], 'address', 'too old for this plugin'],
    [['code' => 200, 'body' => '<html>'], 'address', 'it answered with status 200'],
    [['code' => 502, 'body' => '{}'], 'address', 'it answered with status 502'],
    [new WP_Error(), 'address', 'Connection timed out'],
    [['code' => 400, 'body' => '{"error": {"message": "A field is not valid."}}'], 'address', 'A field is not valid.'],
    [['code' => 418, 'body' => '{}'], 'address', 'It answered with status 418.'],
    [['code' => 409, 'body' => '{"error": {"code": "connection_off", "message": "Off."}}'], 'webhooks', 'Switch it on there'],
    [['code' => 409, 'body' => '{"error": {"code": "newer", "message": "Newer."}}'], 'webhooks', 'Newer.'],
    [['code' => 409, 'body' => '{"error": {"code": ["x"], "message": ["x"]}}'], 'webhooks', ''],
];
foreach ($answers as [$given, $check, $words]) {
    $GLOBALS['answer'] = $given;
    $report = offerlift_connect();
    is_same(true, $words === '' || strpos($report['checks'][$check], $words) !== false, $words);
    is_same('', $report['store'], 'the store');
    is_same('', offerlift_connected_site(), 'the site that is remembered');
    is_same($report, offerlift_report(), 'the report that is kept');
}

// another site is connected: said, and nothing is taken over until somebody confirms
$body = '{"error": {"code": "other_site", "message": "Another site.", "site_address": "https://live.example"}}';
$GLOBALS['answer'] = ['code' => 409, 'body' => $body];
is_same('https://live.example', offerlift_connect()['other_site'], 'the other site');
$sent = json_decode(end($GLOBALS['sent'])['body'], true);
is_same(['https://shop.example', false, ['https://shop.example']], [$sent['site_address'], $sent['replace_site'], $sent['origins']], 'the body');
offerlift_connect(true);
is_same(true, json_decode(end($GLOBALS['sent'])['body'], true)['replace_site'], 'the confirmation');
is_same('Bearer sk_shop_0123456789abcdef0123456789abcdef', end($GLOBALS['sent'])['headers']['Authorization'], 'the key');

// taken
$GLOBALS['answer'] = function ($url, $given) {
    $headers = ['access-control-allow-origin' => $given['headers']['Origin'] ?? ''];
    $body = '{"moments": ["payment"], "store": "Tea", "webhook_path": "/v1/webhooks/woocommerce/tea", "webhook_secret": "hush",
        "topics": ["order.created", "order.deleted"],
        "checks": [{"code": "clock", "ok": true, "message": ""}, {"code": "tax_basis", "ok": false, "message": "With tax."}]}';
    return ['code' => 200, 'body' => $body, 'headers' => $headers];
};
is_same([], offerlift_known_moments()['moments'], 'the moments before');
$report = offerlift_connect();
is_same('Tea', $report['store'], 'the store');
is_same(['payment'], offerlift_known_moments()['moments'], 'the moments, known before the first page');
is_same(['tax_basis' => 'With tax.'], array_filter($report['checks']), 'what does not fit');
is_same('https://shop.example', offerlift_connected_site(), 'the site that is remembered');
$made = array_map(fn($webhook) => [$webhook->get_topic(), $webhook->url, $webhook->secret], offerlift_own_webhooks());
$url = 'https://offers.example/v1/webhooks/woocommerce/tea';
is_same([['order.created', $url, 'hush'], ['order.deleted', $url, 'hush']], $made, 'the webhooks');
is_same(true, wp_next_scheduled('offerlift_watch') > time(), 'the watch');

// what does not fit, as codes with values: the plugin's own sentence, and Offerlift's where it lacks the code or a value
$english = 'In English.';
$sentence = offerlift_edge_text('few_products_known', ['known' => '1', 'named' => 3], $english);
is_same(true, strpos($sentence, 'Offerlift knows only 1 of the 3 products') === 0, $sentence);
is_same($english, offerlift_edge_text('few_products_known', ['known' => '1'], $english), 'a value that is missing');
is_same($english, offerlift_edge_text('newer_than_this', ['known' => '1'], $english), 'a code of later');
is_same($english, offerlift_edge_text('', [], $english), 'an edge that has no codes');
is_same('', offerlift_edge_text(7, 'x', ['x']), 'nonsense');
$checks = [['code' => 'clock', 'ok' => false, 'message' => $english, 'problem' => 'clock_differs', 'values' => ['minutes' => '12']]];
$report = offerlift_connected(['webhook_secret' => 'hush', 'topics' => ['order.created'], 'checks' => $checks], ['store' => '']);
is_same(true, strpos($report['checks']['clock'], 'by 12 minutes') !== false, $report['checks']['clock']);

// the same again makes none
offerlift_connect();
is_same(2, count(offerlift_own_webhooks()), 'the webhooks after the second time');
