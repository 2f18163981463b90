<?php
/** What is saved, what comes before it, and which site it is for. */

require __DIR__ . '/testing.php';
load_plugin(['edge' => 'https://offers.example/', 'key' => ' pk_shop ']);

is_same('https://offers.example', offerlift_edge(), 'the address without its slash');
is_same('pk_shop', offerlift_setting('key'), 'the key without spaces');
is_same('', offerlift_setup_trouble(), 'the trouble');

offerlift_remember_site();
is_same(false, strpos(offerlift_settings()['site'], 'shop.example'), 'the address as text, which tools that copy a site replace');
foreach ([
    'https://shop.example' => false, 'http://shop.example' => false, 'https://SHOP.example/' => false,
    'https://staging.shop.example' => true, 'https://shop.example/copy' => true, 'https://shop.example:8443' => true,
] as $home => $is_copy) {
    $GLOBALS['options']['home'] = $home;
    is_same($is_copy ? 'copy' : '', offerlift_setup_trouble(), $home);
}
$GLOBALS['options']['home'] = 'https://shop.example';

offerlift_save_settings(['key' => 'sk_secret']);
is_same('secret_as_key', offerlift_setup_trouble(), 'a secret as the public key');
offerlift_save_settings(['key' => 'pk_shop', 'edge' => 'offers.example']);
is_same('bad_address', offerlift_setup_trouble(), 'an address without a scheme');
offerlift_save_settings(['edge' => '']);
is_same('missing', offerlift_setup_trouble(), 'no address');
define('OFFERLIFT_EDGE', 'https://constant.example');
is_same('', offerlift_setup_trouble(), 'a constant');
is_same('https://constant.example', offerlift_edge(), 'the address of the constant');

// nonsense in the database is as nothing
foreach (['text', false, null, 7] as $saved) {
    $GLOBALS['options']['offerlift_settings'] = $saved;
    is_same('off', offerlift_settings()['email_offers'], 'settings that are none');
}
