"""What changes service instances: each command records what is desired, and the reconciler makes it so."""

from souk.provisioning.commands.access import Network, allow_networks
from souk.provisioning.commands.addresses import (
    add_range,
    give_address,
    release_address,
    take_address,
    withdraw_range,
)
from souk.provisioning.commands.answers import take_reveal, take_ticket
from souk.provisioning.commands.backups import back_up_instance, prove_backups
from souk.provisioning.commands.balancing import add_member, change_member, remove_member
from souk.provisioning.commands.bindings import (
    ask_reveal,
    binding_parameters,
    change_binding,
    create_binding,
    reset_binding,
    revoke_binding,
    rotate_binding,
)
from souk.provisioning.commands.cancelling import cancel_operation
from souk.provisioning.commands.creating import InstanceDetails, Origin, clean_name, create_instance
from souk.provisioning.commands.databases import create_database, drop_database
from souk.provisioning.commands.disks import Growth, change_disk, grow, let_grow
from souk.provisioning.commands.exports import ask_ticket, delete_export, export_database
from souk.provisioning.commands.firewall import set_rules, undo_rules
from souk.provisioning.commands.forgetting import forget_instance
from souk.provisioning.commands.lifecycle import (
    delete_instance,
    erase_instance,
    protect_instance,
    recover_instance,
    rename_instance,
    restart_instance,
    start_instance,
    stop_instance,
    switch_over,
)
from souk.provisioning.commands.maintenance import change_window, rehearse_upgrade, upgrade_instance
from souk.provisioning.commands.moving import Evacuation, Staying, evacuate_host, move_machine
from souk.provisioning.commands.names import add_name, arrange_names, prove_name, remove_name
from souk.provisioning.commands.naming import name_service, unname_service
from souk.provisioning.commands.networks import (
    attach_instance,
    close_to_outside,
    create_network,
    delete_network,
    detach_instance,
    rename_network,
)
from souk.provisioning.commands.parameters import change_parameters
from souk.provisioning.commands.pools import change_pool
from souk.provisioning.commands.publishing import publish, stage, take_release
from souk.provisioning.commands.restores import restore_in_place, undo_restore, update_instance
from souk.provisioning.commands.sizes import resize_instance
from souk.provisioning.commands.snapshots import delete_snapshot, roll_back, take_snapshot
from souk.provisioning.commands.suspending import resume_instance, suspend_instance
from souk.provisioning.commands.zones import (
    add_zone,
    check_zone,
    compare_zone,
    import_zone,
    record_key,
    remove_records,
    remove_zone,
    set_records,
    sign_zone,
)
from souk.provisioning.models import Suspension

__all__ = [
    "Evacuation",
    "Growth",
    "InstanceDetails",
    "Network",
    "Origin",
    "Staying",
    "Suspension",
    "add_member",
    "add_name",
    "add_range",
    "add_zone",
    "allow_networks",
    "arrange_names",
    "ask_reveal",
    "ask_ticket",
    "attach_instance",
    "back_up_instance",
    "binding_parameters",
    "cancel_operation",
    "change_binding",
    "change_disk",
    "change_member",
    "change_parameters",
    "change_pool",
    "change_window",
    "check_zone",
    "clean_name",
    "close_to_outside",
    "compare_zone",
    "create_binding",
    "create_database",
    "create_instance",
    "create_network",
    "delete_export",
    "delete_instance",
    "delete_network",
    "delete_snapshot",
    "detach_instance",
    "drop_database",
    "erase_instance",
    "evacuate_host",
    "export_database",
    "forget_instance",
    "give_address",
    "grow",
    "import_zone",
    "let_grow",
    "move_machine",
    "name_service",
    "protect_instance",
    "prove_backups",
    "prove_name",
    "publish",
    "record_key",
    "recover_instance",
    "rehearse_upgrade",
    "release_address",
    "remove_member",
    "remove_name",
    "remove_records",
    "remove_zone",
    "rename_instance",
    "rename_network",
    "reset_binding",
    "resize_instance",
    "restart_instance",
    "restore_in_place",
    "resume_instance",
    "revoke_binding",
    "roll_back",
    "rotate_binding",
    "set_records",
    "set_rules",
    "sign_zone",
    "stage",
    "start_instance",
    "stop_instance",
    "suspend_instance",
    "switch_over",
    "take_address",
    "take_release",
    "take_reveal",
    "take_snapshot",
    "take_ticket",
    "undo_restore",
    "undo_rules",
    "unname_service",
    "update_instance",
    "upgrade_instance",
    "withdraw_range",
]
