"""The command tree."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import App, Group, Parameter
from cyclopts.exceptions import CycloptsError, MissingArgumentError, UnknownCommandError, UnknownOptionError

from souk import __version__
from souk.cli.commands import (
    access,
    addresses,
    alerts,
    backups,
    balance,
    bindings,
    blueprints,
    brokers,
    connect,
    databases,
    exports,
    firewall,
    host,
    logs,
    market,
    money,
    monitoring,
    names,
    networks,
    operator,
    orders,
    organizations,
    people,
    releases,
    services,
    snapshots,
    stack,
    stacks,
    versions,
    zones,
)
from souk.cli.context import Context
from souk.cli.language import _


def build(context: Context) -> App:
    """The program with every command, its help in the language being spoken."""
    app = App(
        name="souk",
        help=_("Order, use and pay managed services on a Souk market place."),
        version=__version__,
        help_format="plaintext",
        group_commands=Group(_("Commands")),
        group_arguments=Group(_("Arguments")),
        group_parameters=Group(_("Options")),
        default_parameter=Parameter(negative="", show_default=False),
    )
    app["--help"].help = _("Show this help.")
    app["--version"].help = _("Show the version.")
    _people(app)
    _services(app)
    _access(app)
    _networks(app)
    _backups(app)
    _alerts(app)
    _brokers(app)
    _stacks(app)
    _branch(app, "market", _("What is for sale."), market.listing).command(
        market.show, name="show", help=_("One offering with its plans and parameters.")
    )
    app.command(market.regions, name="regions", help=_("Where services can run."))
    app.command(orders.place, name="order", help=_("Order a service."))
    branch = _branch(app, "orders", _("My orders."), orders.listing)
    branch.command(orders.cancel, name="cancel", help=_("Cancel an order that is not fulfilled yet."))
    app.command(stack.apply, name="apply", help=_("Have a project be as a file says; shows a plan first."))
    app.command(stack.export, name="export", help=_("Write a project as such a file."))
    app.command(money.invoices, name="invoices", help=_("Invoices and credit notes; save them as PDF or UBL."))
    app.command(host.doctor, name="doctor", help=_("What is wrong with the platform (for its operator)."))
    app.command(host.upgrade, name="upgrade", help=_("Bring the platform to its checkout's code (for its operator)."))
    app.command(host.rollback, name="rollback", help=_("Run the platform's release before again (for its operator)."))
    itself = App(name="platform", help=_("The platform's own backup (for its operator)."), help_format="plaintext")
    itself.command(host.backup, name="backup", help=_("Write database, keys and settings into one file."))
    itself.command(host.restore, name="restore", help=_("Take over the services of a backup."))
    app.command(itself)
    kit = App(name="blueprint", help=_("Make a managed service of your own (for vendors)."), help_format="plaintext")
    kit.command(blueprints.new, name="new", help=_("Begin a blueprint in a new folder."))
    kit.command(blueprints.check, name="check", help=_("Check on a real engine that one keeps its contract."))
    kit.command(blueprints.add, name="add", help=_("Install one on the platform (for its operator)."))
    app.command(kit)
    operator.register(app)

    @app.meta.default
    def launch(
        *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
        json: Annotated[bool, Parameter(help=_("Print the API's JSON."))] = False,
        language: Annotated[str, Parameter(help=_("fr, ar or en; else the environment's."))] = "",
    ) -> Any:
        del language  # it was heard before this tree was built
        context.output.as_json = json
        command, bound, ignored = app.parse_args(tokens, print_error=False, exit_on_error=False)
        return command(*bound.args, **bound.kwargs, **dict.fromkeys(ignored, context))

    return app


def _branch(app: App, name: str, explained: str, default: Any) -> App:
    branch = App(name=name, help=explained, help_format="plaintext")
    branch.default(default)
    app.command(branch)
    return branch


def _people(app: App) -> None:
    app.command(people.signup, name="signup", help=_("Sign up at a server."))
    app.command(people.login, name="login", help=_("Sign in; a token is stored for the next commands."))
    app.command(people.logout, name="logout", help=_("Forget the token, here and at the server."))
    app.command(people.whoami, name="whoami", help=_("Who I am, and for whom I act."))
    tokens = _branch(app, "tokens", _("My tokens."), people.tokens)
    tokens.command(people.revoke_token, name="revoke", help=_("Make a token worthless."))
    mine = _branch(app, "organizations", _("My organizations."), organizations.listing)
    mine.command(organizations.register, name="register", help=_("Register an organization and become its owner."))
    mine.command(organizations.use, name="use", help=_("Act for this one from now on."))


def _services(app: App) -> None:
    branch = _branch(app, "services", _("My services."), services.listing)
    branch.command(services.show, name="show", help=_("One service."))
    branch.command(connect.authority, name="ca", help=_("The certificate of the authority that a client must trust."))
    branch.command(connect.known_hosts, name="known-hosts", help=_("The line by which SSH clients know a machine."))
    branch.command(services.first_boot, name="first-boot", help=_("What a machine did at its first boot."))
    branch.command(versions.materials, name="sbom", help=_("A service's bill of materials, as CycloneDX."))
    branch.command(services.pending, name="pending", help=_("Which updates wait in a machine."))
    branch.command(connect.snippets, name="snippets", help=_("A few lines of a program that connects."))
    branch.command(services.stop, name="stop", help=_("Stop a service; its data stays."))
    branch.command(services.start, name="start", help=_("Start a stopped service."))
    branch.command(services.restart, name="restart", help=_("Restart a service."))
    branch.command(services.members, name="members", help=_("The machines of a highly available service."))
    branch.command(services.switchover, name="switchover", help=_("Let another of its machines lead."))
    branch.command(
        services.release, name="release", help=_("What a service runs, and whether there is something newer.")
    )
    branch.command(services.update, name="update", help=_("Let a service go over to the newest image of its kind."))
    branch.command(versions.show, name="versions", help=_("A service's version, and those that could follow."))
    branch.command(versions.rehearse, name="rehearse", help=_("Try an upgrade out on a copy of the data."))
    branch.command(versions.upgrade, name="upgrade", help=_("Let a service go on with another major version."))
    branch.command(versions.window, name="window", help=_("When a service is maintained; choose another time."))
    branch.command(services.plan, name="plan", help=_("Change a service's plan, its disk, or both."))
    branch.command(services.autogrow, name="autogrow", help=_("Let a service's disk grow by itself."))
    branch.command(services.change, name="set", help=_("Change a service's parameters, such as its connection pool."))
    branch.command(services.rename, name="rename", help=_("Call a service by another name."))
    branch.command(services.protect, name="protect", help=_("Guard a service from deletion."))
    branch.command(services.unprotect, name="unprotect", help=_("Let a service be deleted again."))
    branch.command(services.delete, name="delete", help=_("Delete a service; it can be recovered for some days."))
    branch.command(services.recover, name="recover", help=_("Bring a deleted service back."))
    branch.command(monitoring.metrics, name="metrics", help=_("What a service did."))
    branch.command(logs.logs, name="logs", help=_("What a service wrote into its log."))
    branch.command(logs.slow, name="slow", help=_("The queries that took longest in all."))
    branch.command(monitoring.health, name="health", help=_("Whether a service answers, and when it did not."))
    done = _branch(app, "operations", _("What was done to a service, and what is under way."), services.operations)
    done.command(
        services.cancel, name="cancel", help=_("Take back an operation that has not begun, or has changed nothing yet.")
    )
    app.command(connect.connect, name="connect", help=_("Open psql on a database, or ssh on a machine."))
    app.command(connect.dump, name="dump", help=_("Save a database as a file, with pg_dump."))
    app.command(money.usage, name="usage", help=_("What a service used and what it has cost."))


def _access(app: App) -> None:
    named = _branch(app, "bindings", _("The named credentials of a service."), bindings.listing)
    named.command(bindings.create, name="create", help=_("Make credentials for one more consumer."))
    named.command(bindings.change, name="change", help=_("Let credentials do something else, or somewhere else."))
    named.command(bindings.reset, name="reset", help=_("Give the user another password at once, under the same name."))
    named.command(bindings.rotate, name="rotate", help=_("Replace credentials; the former ones work on for a while."))
    named.command(bindings.revoke, name="revoke", help=_("Make credentials work no more."))
    held = _branch(app, "databases", _("The databases of a service."), databases.listing)
    held.command(databases.create, name="create", help=_("Make one more database."))
    held.command(databases.delete, name="delete", help=_("Delete a database with all that is in it."))
    named = _branch(app, "names", _("Names of a service of your own."), names.listing)
    named.command(names.add, name="add", help=_("Begin with a name; shows the TXT record that proves it."))
    named.command(names.check, name="check", help=_("Look for the record; found, the certificate gets the name."))
    named.command(names.remove, name="remove", help=_("Take a name off the certificate."))
    named.command(names.answer, name="answer", help=_("Choose how a web site answers to its names."))
    named.command(names.lead, name="lead", help=_("Lead a name in one of my zones to a service, for as long as it is."))
    zones.register(_branch(app, "zones", _("DNS zones that a service answers for."), zones.listing))
    reach = _branch(app, "access", _("Who may reach a service."), access.listing)
    reach.command(access.allow, name="allow", help=_("Let one more network in; the first one shuts all others out."))
    reach.command(access.forbid, name="forbid", help=_("Take a network off the list."))
    reach.command(access.everyone, name="everyone", help=_("Let everyone in who knows a password."))
    reach.command(access.nobody, name="nobody", help=_("Let nobody in."))
    reach.command(access.private, name="private", help=_("Let in what is in its private network, and nobody else."))


def _networks(app: App) -> None:
    addresses.register(
        _branch(app, "addresses", _("Public addresses, and which services they lead to."), addresses.listing)
    )
    firewall.register(_branch(app, "firewall", _("What passes between a machine and the world."), firewall.listing))
    inside = _branch(app, "networks", _("Private networks, and which services are in them."), networks.listing)
    inside.command(networks.create, name="create", help=_("Make a private network."))
    inside.command(networks.rename, name="rename", help=_("Call a private network by another name."))
    inside.command(networks.delete, name="delete", help=_("Delete a private network that no service is in."))
    inside.command(networks.show, name="show", help=_("The private network that a service is in."))
    inside.command(networks.attach, name="attach", help=_("Put a service into a private network too."))
    inside.command(networks.detach, name="detach", help=_("Take a service out of its private network."))
    behind = _branch(app, "pools", _("Who is behind a load balancer, and how they are."), balance.listing)
    behind.command(balance.add, name="add", help=_("Have one more member in a pool."))
    behind.command(balance.remove, name="remove", help=_("Take a member out of a pool."))
    behind.command(balance.drain, name="drain", help=_("Lead nothing new to a member: what it answers ends."))
    behind.command(balance.rest, name="rest", help=_("Lead nothing at all to a member."))
    behind.command(balance.resume, name="resume", help=_("Lead to a member again."))
    behind.command(balance.weigh, name="weigh", help=_("Give a member another share."))


def _backups(app: App) -> None:
    kept = _branch(app, "backups", _("The backups of a service."), backups.listing)
    kept.command(backups.create, name="create", help=_("Make a backup now."))
    kept.command(backups.in_place, name="restore", help=_("Let a service go on as it was at an instant."))
    kept.command(backups.undo, name="undo", help=_("Undo a restore, within a day."))
    kept = _branch(app, "snapshots", _("A machine's disk as it was."), snapshots.listing)
    kept.command(snapshots.take, name="take", help=_("Keep the disk as it is now."))
    kept.command(snapshots.restore, name="restore", help=_("Go back to a snapshot."))
    kept.command(snapshots.begin, name="new", help=_("Order a new machine that begins with a snapshot."))
    kept.command(snapshots.delete, name="delete", help=_("Delete a snapshot."))
    shown = _branch(app, "releases", _("What a web site shows, release by release."), releases.listing)
    shown.command(releases.take, name="take", help=_("Have a release be live: go back, or forward again."))
    shown.command(releases.stage, name="stage", help=_("Copy the live site to the staging copy."))
    shown.command(releases.publish, name="publish", help=_("Have the staging copy be live."))
    files = _branch(app, "exports", _("A service's data in an open format."), exports.listing)
    files.command(exports.create, name="create", help=_("Write a database into a file, and save it."))
    files.command(exports.download, name="download", help=_("Save a file; what is saved in part is completed."))
    files.command(exports.delete, name="delete", help=_("Delete a file before it expires."))
    app.command(backups.restore, name="restore", help=_("Make a new service with another one's data, as it was."))


def _alerts(app: App) -> None:
    told = _branch(app, "alerts", _("The alerts of a service."), alerts.listing)
    told.command(alerts.rules, name="rules", help=_("The rules of a service's alerts."))
    told.command(alerts.set_rule, name="set", help=_("Change a rule's threshold, or switch it off."))
    hooks = _branch(app, "webhooks", _("The addresses that are told of alerts."), alerts.webhooks)
    hooks.command(alerts.add, name="add", help=_("Have alerts told to an address."))
    hooks.command(alerts.remove, name="remove", help=_("Tell an address nothing any more."))
    hooks.command(alerts.try_out, name="try", help=_("Send an address a message that is no alert."))
    hooks.command(alerts.deliveries, name="deliveries", help=_("What was sent, and what came of it."))


def _stacks(app: App) -> None:
    sold = _branch(app, "stacks", _("Several services that are ordered as one."), stacks.listing)
    sold.command(stacks.parts, name="parts", help=_("What a stack that runs is made of."))
    sold.command(stacks.publish, name="publish", help=_("Sell several services as one."))


def _brokers(app: App) -> None:
    sold = _branch(app, "brokers", _("Service brokers, whose services you sell."), brokers.listing)
    sold.command(brokers.register, name="register", help=_("Register a broker."))
    sold.command(brokers.show, name="show", help=_("How a broker is, what it sells, how it does."))
    sold.command(brokers.try_out, name="try", help=_("Have a broker looked at now."))
    sold.command(brokers.changes, name="changes", help=_("What a broker offers that is not published."))
    sold.command(brokers.publish, name="publish", help=_("Publish what a broker offers, at your prices."))
    sold.command(brokers.usage_key, name="usage-key", help=_("Say what usage reports are signed with."))
    sold.command(brokers.remove, name="remove", help=_("Forget a broker that nothing is left of."))


def sentence(error: CycloptsError) -> str:
    """What is wrong with a command line."""
    match error:
        case UnknownCommandError():
            return _("There is no such command. `souk --help` lists them.")
        case UnknownOptionError():
            return _("There is no option {option} here. Add --help to see those there are.").format(
                option=error.token.keyword or error.token.value
            )
        case MissingArgumentError() if error.argument is not None:
            return _("{argument} is missing. Add --help to see how it is used.").format(argument=error.argument.name)
    return str(error)
