<?php
/** Acceptances: what the edge has signed that a shopper may buy, and at which price. */

defined('ABSPATH') || exit;

/** The claims of an acceptance (a JSON Web Token, HS256), or null unless this store's key signed it and it is fresh. */
function offerlift_claims($token): ?array {
    $secret = offerlift_setting('secret');
    $parts = is_string($token) ? explode('.', $token) : [];
    if (count($parts) !== 3 || $secret === '') {
        return null;
    }
    $decode = fn($text) => (string) base64_decode(strtr($text, '-_', '+/'));
    $signature = hash_hmac('sha256', "$parts[0].$parts[1]", $secret, true);
    $claims = json_decode($decode($parts[1]), true);
    $is_ours = hash_equals($signature, $decode($parts[2])) && is_array($claims);
    return $is_ours && ($claims['iss'] ?? '') === 'offerlift' && ($claims['exp'] ?? 0) > time() ? $claims : null;
}

/** What was accepted of a product: ['quantity' => units, 'price' => of one as shown], or null for nothing. */
function offerlift_accepted(array $claims, string $sku, string $id): ?array {
    $quantity = $total = 0;
    foreach ($claims['lines'] as $line) {
        if ($line['sku'] === $sku || ($line['external_id'] ?? '') === $id) {
            $quantity += $line['quantity'];
            $total += $line['quantity'] * $line['price_minor'];
        }
    }
    $price = $quantity ? $total / $quantity / offerlift_minor_units($claims['currency']) : 0;
    return $quantity ? ['quantity' => $quantity, 'price' => $price] : null;
}
