# BatchAPI. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# JDK 25, wherever it is: JAVA_HOME if it is one, else the system's JVM folders.
JDK ?= $(firstword $(foreach d,$(JAVA_HOME) $(wildcard /usr/lib/jvm/*25*) $(wildcard $(HOME)/.sdkman/candidates/java/25*) $(wildcard /Library/Java/JavaVirtualMachines/*25*/Contents/Home),$(if $(shell grep -s '^JAVA_VERSION="25' $(d)/release),$(d))))
export JAVA_HOME := $(or $(JDK),$(error JDK 25 not found: install one (for example Temurin 25) or set JAVA_HOME to it))
MVN ?= mvn -B -ntp -Dstyle.color=never
PYTHON ?= python3
BENCH_JVM ?= -XX:+UseSerialGC -Xmx512m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/batchapi

.PHONY: help
help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Compile and package everything, without the tests
	$(MVN) -q package -DskipTests

PROGRAM := handler-runtime/target/dist/lib/handler-runtime.jar
$(PROGRAM): pom.xml $(wildcard */pom.xml) $(shell find */src/main -type f)
	@echo "Building batchapi; the first time this fetches its libraries and takes a minute or two."
	$(MVN) -q package -Dmaven.test.skip=true
	@touch $@

.PHONY: demo
demo: $(PROGRAM) ## Classify 1,797 handwritten digits with a Python and a Java handler
	@mkdir -p target
	bin/batchapi run examples/digits --results target/digits-results.jsonl

.PHONY: test
test: tools ## Run every test, from a fresh clone too; as root on a real Kubernetes of its own
	@MAKE='$(MAKE)' MVN='$(MVN)' PYTHON='$(PYTHON)' e2e/test.sh

# Servers that the tests run, built from their Go modules.
NATS_SERVER_VERSION := v2.15.2
STATSD_EXPORTER_VERSION := v0.31.0
PROMETHEUS_VERSION := v0.316.0
.PHONY: tools
tools: $(CACHE)/bin/nats-server-$(NATS_SERVER_VERSION) $(CACHE)/bin/statsd_exporter-$(STATSD_EXPORTER_VERSION) $(CACHE)/bin/prometheus-$(PROMETHEUS_VERSION) ## Build the servers that the tests need, once

# The version is in a marker's name: a new one builds anew, a present one costs nothing.
$(CACHE)/bin/nats-server-$(NATS_SERVER_VERSION): PACKAGE := github.com/nats-io/nats-server/v2@$(NATS_SERVER_VERSION)
$(CACHE)/bin/statsd_exporter-$(STATSD_EXPORTER_VERSION): PACKAGE := github.com/prometheus/statsd_exporter@$(STATSD_EXPORTER_VERSION)
# Prometheus without its service discoveries, which are most of its code.
$(CACHE)/bin/prometheus-$(PROMETHEUS_VERSION): PACKAGE := -tags remove_all_sd github.com/prometheus/prometheus/cmd/prometheus@$(PROMETHEUS_VERSION)
$(CACHE)/bin/nats-server-% $(CACHE)/bin/statsd_exporter-% $(CACHE)/bin/prometheus-% $(CACHE)/bin/coredns-% $(CACHE)/bin/kube-router-% $(CACHE)/bin/kueue-%:
	@command -v go >/dev/null || { echo "make tools: Go is missing: install Go 1.26 or newer (https://go.dev/dl), which builds $(PACKAGE)." >&2; exit 1; }
	GOBIN=$(CACHE)/bin/new-$(@F) CGO_ENABLED=0 go install -trimpath -ldflags "-s -w" $(PACKAGE)
	mv -f $(CACHE)/bin/new-$(@F)/* $(CACHE)/bin && rmdir $(CACHE)/bin/new-$(@F) && touch $@

include e2e/cluster.mk

# Caches for the JVM, from training runs that need no server; of no use after another build, nor with
# other options than those of WorkerCommand and JavaHostCommand.
DIST := handler-runtime/target/dist
.PHONY: aot
aot: build ## Make the AOT caches of worker and Java host, which start twice as fast with them
	$(JAVA_HOME)/bin/java -XX:+UseSerialGC -XX:-UsePerfData -Xms8m -Xmx64m -Xss512k --enable-native-access=ALL-UNNAMED -XX:AOTCacheOutput=$(DIST)/worker.aot -cp '$(CURDIR)/$(DIST)/lib/*' dev.batchapi.runtime.worker.WorkerMain --train
	$(JAVA_HOME)/bin/java -XX:+UseSerialGC -XX:-UsePerfData -XX:AOTCacheOutput=$(DIST)/java-host.aot -cp '$(CURDIR)/$(DIST)/lib/*' dev.batchapi.runtime.host.JavaHost --train

.PHONY: bench-worker
bench-worker: tools aot ## Measure start and memory of worker and host (BENCH_OPTS="-Druns=7")
	cd handler-runtime && $(JAVA_HOME)/bin/java -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED $(BENCH_OPTS) -cp target/test-classes:'target/dist/lib/*':$(CURDIR)/queue/target/test-classes dev.batchapi.runtime.worker.WorkerBenchmark start socket

.PHONY: bench-job
bench-job: ## Measure jobs on the installed test cluster against bare Jobs (BENCH_OPTS="-Druns=7 -Djobs=200 -Dbatches=10")
	$(MVN) -q test-compile dependency:build-classpath -pl e2e -am -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath
	PATH=$(CACHE)/cluster/$$(awk '$$1 == "k8s.io/kubernetes" {print $$2}' e2e/cluster/tools/go.mod):$$PATH BATCHAPI_E2E_KUBECONFIG=$$($(MAKE) -s kubeconfig) BATCHAPI_E2E_AUDIT_LOG=$$(dirname $$($(MAKE) -s kubeconfig))/log/audit.log $(JAVA_HOME)/bin/java -XX:+UseSerialGC $(BENCH_OPTS) -cp e2e/target/test-classes:$$(cat e2e/target/bench.classpath) dev.batchapi.e2e.JobBenchmark

.PHONY: bench-queue
bench-queue: tools aot ## Measure queue and workers against plain jnats (shorter: BENCH_OPTS="-Denqueued=2000 -Dlooped=500 -Dbatches=500")
	$(MVN) -q dependency:build-classpath -pl queue -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath
	$(JAVA_HOME)/bin/java -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED $(BENCH_OPTS) -cp queue/target/classes:queue/target/test-classes:$$(cat queue/target/bench.classpath) dev.batchapi.queue.jetstream.QueueBenchmark
	cd handler-runtime && $(JAVA_HOME)/bin/java -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED $(BENCH_OPTS) -cp target/test-classes:'target/dist/lib/*':$(CURDIR)/queue/target/test-classes dev.batchapi.runtime.worker.WorkerBenchmark throughput

.PHONY: format
format: ## Format the Java sources
	$(MVN) -q spotless:apply

# The client that Cortex's Python handlers had, to compare with.
DATADOG := $(CACHE)/python/datadog-0.39.0
$(DATADOG):
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target $@.new datadog==0.39.0 && mv $@.new $@

.PHONY: bench-metrics
bench-metrics: build $(DATADOG) ## Compare the metrics clients with others (ten minutes; ARGS for JMH)
	$(MVN) -q -Pbench -pl metrics-client -am test-compile
	cd metrics-client && CP=target/test-classes:target/classes:$$(cat target/bench.classpath) && \
	  $(JAVA_HOME)/bin/java $(BENCH_JVM) -cp $$CP dev.batchapi.metrics.bench.Delivery && \
	  $(JAVA_HOME)/bin/java $(BENCH_JVM) -cp $$CP org.openjdk.jmh.Main -prof gc $(ARGS)
	cd handler-runtime && $(JAVA_HOME)/bin/java $(BENCH_JVM) $(BENCH_OPTS) -cp "target/test-classes:target/dist/lib/*:$(CURDIR)/metrics-client/target/test-classes:$$(cat ../metrics-client/target/bench.classpath)" dev.batchapi.runtime.worker.PythonMetricsBenchmark $(DATADOG)

.PHONY: bench-guard
bench-guard: tools ## Compare the exporter behind its guard with the exporter alone (BENCH_OPTS="-Druns=5 -Drate=200000")
	$(MVN) -q test-compile dependency:build-classpath -pl metrics-guard -am -Dmdep.includeScope=test -Dmdep.outputFile=target/bench.classpath
	cd metrics-guard && $(JAVA_HOME)/bin/java -XX:+UseSerialGC $(BENCH_OPTS) -cp target/test-classes:target/classes:$$(cat target/bench.classpath) dev.batchapi.guard.GuardBenchmark

.PHONY: clean
clean: ## Remove what the build made
	$(MVN) -q clean

.PHONY: crds
crds: ## Generate the CRDs' YAML and docs/reference.md from the records
	$(MVN) -q test -pl crds -Dcrd.update=true -Dtest=CrdYamlTest,ReferenceTest

# Into which cluster: KUBECONFIG's, else the test cluster's while it runs, else kubectl's own.
.PHONY: install uninstall
install: ## Install into the cluster that KUBECONFIG names, and wait until all is ready
	@$(PYTHON) deploy/install.py
uninstall: ## Remove it again, with all BatchAPIs and BatchJobs
	@$(PYTHON) deploy/uninstall.py
