# BatchAPI. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

# JDK 25, wherever it is: JAVA_HOME if it is one, else the system's JVM folders.
JDK ?= $(firstword $(foreach d,$(JAVA_HOME) $(wildcard /usr/lib/jvm/*25*) $(wildcard $(HOME)/.sdkman/candidates/java/25*) $(wildcard /Library/Java/JavaVirtualMachines/*25*/Contents/Home),$(if $(shell grep -s '^JAVA_VERSION="25' $(d)/release),$(d))))
export JAVA_HOME := $(or $(JDK),$(error JDK 25 not found: install one (for example Temurin 25) or set JAVA_HOME to it))
MVN ?= mvn -B -ntp -q
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

.PHONY: clean
clean: ## Remove what the build made
	$(MVN) clean

.PHONY: crds
crds: ## Generate the CRDs' YAML from the records
	$(MVN) test -pl crds -Dcrd.update=true -Dtest=CrdYamlTest
