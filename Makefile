# BatchAPI. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# JDK 25, wherever it is: JAVA_HOME if it is one, else the system's JVM folders.
JDK ?= $(firstword $(foreach d,$(JAVA_HOME) $(wildcard /usr/lib/jvm/*25*) $(wildcard $(HOME)/.sdkman/candidates/java/25*) $(wildcard /Library/Java/JavaVirtualMachines/*25*/Contents/Home),$(if $(shell grep -s '^JAVA_VERSION="25' $(d)/release),$(d))))
export JAVA_HOME := $(or $(JDK),$(error JDK 25 not found: install one (for example Temurin 25) or set JAVA_HOME to it))
MVN ?= mvn -B -ntp -q
BENCH_JVM ?= -XX:+UseSerialGC -Xmx512m --sun-misc-unsafe-memory-access=allow
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/batchapi

.PHONY: help
help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Compile and package everything, without the tests
	$(MVN) package -DskipTests

.PHONY: format
format: ## Format the Java sources
	$(MVN) spotless:apply

.PHONY: bench-metrics
bench-metrics: ## Compare the metrics client with other StatsD clients (about ten minutes; ARGS for JMH)
	$(MVN) -Pbench -pl metrics-client -am test-compile
	cd metrics-client && CP=target/test-classes:target/classes:$$(cat target/bench.classpath) && \
	  $(JAVA_HOME)/bin/java $(BENCH_JVM) -cp $$CP dev.batchapi.metrics.bench.Delivery && \
	  $(JAVA_HOME)/bin/java $(BENCH_JVM) -cp $$CP org.openjdk.jmh.Main -prof gc $(ARGS)

.PHONY: clean
clean: ## Remove what the build made
	$(MVN) clean
