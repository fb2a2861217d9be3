# The test cluster: a real Kubernetes of plain binaries, on this machine. e2e/README.md says how it works.
COREDNS_VERSION := v1.14.7
KWOK_VERSION := v0.7.0
export CACHE

.PHONY: cluster
cluster: cluster-tools ## Start a real Kubernetes on this machine (as root; builds its binaries once)
	@e2e/cluster/cluster.sh up

.PHONY: cluster-down
cluster-down: ## End that Kubernetes and remove all that it made
	@e2e/cluster/cluster.sh down

.PHONY: kubeconfig
kubeconfig: ## Print the path of its kubeconfig (make -s kubeconfig)
	@e2e/cluster/cluster.sh kubeconfig

.PHONY: test-cluster-scripts
test-cluster-scripts: cluster-tools ## Test the cluster's scripts on a cluster of its own
	@e2e/cluster/test.sh

.PHONY: images
images: $(PROGRAM) tools ## Build the images and give them to the test cluster
	@e2e/images/images.sh

CLUSTER_TOOLS := $(CACHE)/bin/coredns-$(COREDNS_VERSION) $(CACHE)/bin/kwok-$(KWOK_VERSION)
.PHONY: cluster-check cluster-tools
cluster-check:
	@e2e/cluster/cluster.sh check
cluster-tools: $(CLUSTER_TOOLS) | cluster-check
	@e2e/cluster/tools/build.sh

$(CACHE)/bin/coredns-$(COREDNS_VERSION): PACKAGE := github.com/coredns/coredns@$(COREDNS_VERSION)
$(CACHE)/bin/kwok-$(KWOK_VERSION): PACKAGE := sigs.k8s.io/kwok/cmd/kwok@$(KWOK_VERSION)
$(CLUSTER_TOOLS): | cluster-check
