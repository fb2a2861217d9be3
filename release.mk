##@ Release
.PHONY: release
release: $(PROGRAM) tools ## Make what a release consists of, in target/release/ (as root; RELEASING.md)
	@MVN='$(MVN)' PYTHON='$(PYTHON)' release/release.sh

.PHONY: set-version
set-version: ## Change the version everywhere: make set-version VERSION=0.2.0-SNAPSHOT
	@[ -n '$(VERSION)' ] || { echo "Say which: make set-version VERSION=0.2.0-SNAPSHOT" >&2; exit 1; }
	$(MVN) -q versions:set -DnewVersion='$(VERSION)' -DprocessAllModules -DgenerateBackupPoms=false
	sed -i.old -E 's|^((OPERATOR\|RUNTIME)_IMAGE=.*:).*|\1$(VERSION:%-SNAPSHOT=%)|' deploy/images.env
	sed -i.old -E 's|(<batchapi.version>).*(</)|\1$(VERSION)\2|' examples/starter-java/pom.xml
	@rm deploy/images.env.old examples/starter-java/pom.xml.old

.PHONY: outdated
outdated: $(LINTERS) ## List newer versions of libraries, plugins, tools and servers
	@MVN='$(MVN)' PYTHON='$(PYTHON)' release/outdated.sh '$(LINTERS)' \
	  github.com/nats-io/nats-server/v2@$(NATS_SERVER_VERSION) \
	  github.com/prometheus/statsd_exporter@$(STATSD_EXPORTER_VERSION) \
	  github.com/prometheus/prometheus@$(PROMETHEUS_VERSION) \
  github.com/versity/versitygw@$(VERSITYGW_VERSION) \
	  github.com/fsouza/fake-gcs-server@$(FAKE_GCS_SERVER_VERSION) \
	  github.com/coredns/coredns@$(COREDNS_VERSION) \
	  github.com/cloudnativelabs/kube-router/v2@$(KUBE_ROUTER_VERSION) \
	  sigs.k8s.io/kueue@$(KUEUE_VERSION)
