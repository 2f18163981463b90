"""That a claim isn't true any more, in the audit trail."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('experiments', '0084_product_pairs_in_the_trail'),
    ]

    operations = [
        migrations.AlterField(
            model_name='auditentry',
            name='action',
            field=models.CharField(choices=[('erase_visitor', 'Visitor erased'), ('export_store', 'Data exported'), ('created', 'Created'), ('changed', 'Settings changed'), ('duplicated', 'Duplicated'), ('overridden', 'Warnings overridden'), ('scheduled', 'Scheduled'), ('unscheduled', 'Schedule canceled'), ('started', 'Started'), ('capped', 'Cap on order values set'), ('ramped', 'Traffic share changed'), ('paused', 'Paused'), ('resumed', 'Resumed'), ('stopped', 'Stopped'), ('concluded', 'Concluded'), ('archived', 'Archived'), ('guardrail', 'Guardrail crossed'), ('sample_ratio', 'Sample ratio mismatch'), ('look', 'Planned look analyzed'), ('verdict', 'Verdict reached'), ('approval_asked', 'Approval asked for'), ('approved', 'Approved'), ('approval_declined', 'Approval declined'), ('approval_withdrawn', 'Request for approval withdrawn'), ('approval_lapsed', 'Approval lapsed'), ('approval_rules', 'Approval rules changed'), ('invited', 'Member invited'), ('invitation_revoked', 'Invitation revoked'), ('joined', 'Member joined'), ('second_factor_reset', 'Two-factor authentication reset'), ('second_factor_added', 'Authenticator app added'), ('second_factor_removed', 'Authenticator app removed'), ('recovery_codes_renewed', 'Recovery codes renewed'), ('passkey_added', 'Passkey added'), ('passkey_removed', 'Passkey removed'), ('passkey_refused', 'Passkey refused'), ('sign_on_linked', 'Single sign-on linked'), ('sign_on_unlinked', 'Single sign-on unlinked'), ('sign_on_refused', 'Single sign-on refused'), ('role_by_groups', 'Role changed by sign-on groups'), ('shared', 'Report shared'), ('unshared', 'Share link revoked'), ('annotated', 'Annotation added'), ('annotation_changed', 'Annotation changed'), ('annotation_removed', 'Annotation removed'), ('metric_created', 'Custom metric created'), ('metric_changed', 'Custom metric changed'), ('metric_archived', 'Custom metric archived'), ('metric_restored', 'Custom metric restored'), ('sender_changed', 'Sender of messages changed'), ('sender_paused', 'Messages to customers paused'), ('sender_warned', 'Messages to customers near a limit'), ('claim_untrue', "A claim isn't true any more"), ('message_tested', 'Test message sent'), ('friction_opened', 'Problem of a customer'), ('address_shown', "Customer's address shown"), ('contact_searched', 'Customer looked up'), ('contacts_imported', 'Contacts imported'), ('retention_changed', 'Retention of contacts changed'), ('data_requested', 'Data requested by a customer'), ('journey_created', 'Journey created'), ('journey_changed', 'Journey changed'), ('journey_launched', 'Journey launched'), ('journey_paused', 'Journey paused'), ('journey_resumed', 'Journey resumed'), ('journey_ended', 'Journey ended'), ('pair_pinned', 'Product pair pinned'), ('pair_banned', 'Product pair banned'), ('pair_released', 'Product pair released')], max_length=64, verbose_name='action'),
        ),
    ]
