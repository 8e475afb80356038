# Each target is one line: what it does lies in install/, run by the system's own Python.
INSTALL := @./install/with-python

.DEFAULT_GOAL := help
.PHONY: help run stop upgrade rollback backup restore purge images blueprint add dev check test chaos bench lock locale

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

run:  ## set everything up on this Debian and sell a first database (root)
	$(INSTALL) run

stop:  ## end this checkout's processes
	$(INSTALL) stop

upgrade:  ## bring a running installation to this checkout's code, with a backup first (root)
	$(INSTALL) upgrade

rollback:  ## run the release before again; RESTORE=FILE: on the database of that backup (root)
	$(INSTALL) rollback

backup:  ## the control plane in one file: database, keys, settings (root; asks for a passphrase)
	$(INSTALL) backup

restore:  ## take over the services of a backup: FILE=…, on an empty machine (root)
	$(INSTALL) restore

purge:  ## undo everything `make run` did to this host (asks first; PURGE=yes does not)
	$(INSTALL) purge

images:  ## make images anew with what Debian has mended; each night where systemd runs (root)
	$(INSTALL) images

blueprint:  ## check a blueprint on a real engine: BLUEPRINT=folder or key (root)
	$(INSTALL) blueprint

add:  ## install a blueprint that somebody else made: WHEEL=file (root)
	$(INSTALL) add

dev:  ## the console without root, on a simulated engine
	$(INSTALL) dev

check:  ## lint, types, imports, unit tests: for each commit
	$(INSTALL) check

test:  ## every test: unit, database, engine, browser (root, for a real engine)
	$(INSTALL) test

chaos:  ## the full fault counts
	$(INSTALL) chaos

bench:  ## run bench/*.py, write bench/results/*.json
	$(INSTALL) bench

lock:  ## write the lock files anew
	$(INSTALL) lock

locale:  ## compile the translations
	$(INSTALL) locale
