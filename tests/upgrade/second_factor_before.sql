-- What ada of the story had in the release before: a password, an authenticator app, and a recovery code. Written as that
-- release wrote it, before today's migrations. The app's codes of the next 100 minutes are used, however long tests take.
UPDATE public.auth_user
SET password = 'md5$salt$67a1e09bb1f83f5007dc119c14d663aa'  -- "password" with "salt" before it
WHERE username = 'ada';
INSERT INTO public.otp_totp_totpdevice
    (name, confirmed, key, step, t0, digits, tolerance, drift, last_t, user_id, throttling_failure_count)
SELECT 'authenticator', true, '3132333435363738393031323334353637383930', 30, 0, 6, 1, 0,
    floor(extract(epoch FROM now()) / 30) + 200, id, 0
FROM public.auth_user WHERE username = 'ada';
WITH device AS (
    INSERT INTO public.otp_static_staticdevice (name, confirmed, user_id, throttling_failure_count)
    SELECT 'recovery codes', true, id, 0 FROM public.auth_user WHERE username = 'ada'
    RETURNING id
)
INSERT INTO public.otp_static_statictoken (token, device_id) SELECT 'kept4711', id FROM device;
