"""What a page calls the snippet with to accept offers, and the strictest policy that a store can have."""

CALL = "upsell('accept', async () => { window.added = true });upsell('page')"
STRICT = (
    "default-src 'none'; script-src 'nonce-abc'; style-src 'nonce-abc'; connect-src {edge}; img-src {edge} data:;"
    " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
