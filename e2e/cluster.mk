# The test cluster: a real Kubernetes of plain binaries, on this machine. e2e/README.md says how it works.
COREDNS_VERSION := v1.14.7
KUBE_ROUTER_VERSION := v2.1.0
KUEUE_VERSION := v0.17.0
export CACHE KUEUE_VERSION

##@ Cluster
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

CLUSTER_TOOLS := $(CACHE)/bin/coredns-$(COREDNS_VERSION) $(CACHE)/bin/kube-router-$(KUBE_ROUTER_VERSION)
.PHONY: cluster-check cluster-tools
cluster-check:
	@e2e/cluster/cluster.sh check
cluster-tools: $(CLUSTER_TOOLS) | cluster-check
	@e2e/cluster/tools/build.sh

$(CACHE)/bin/coredns-$(COREDNS_VERSION): PACKAGE := github.com/coredns/coredns@$(COREDNS_VERSION)
$(CACHE)/bin/kube-router-$(KUBE_ROUTER_VERSION): PACKAGE := github.com/cloudnativelabs/kube-router/v2/cmd/kube-router@$(KUBE_ROUTER_VERSION)
$(CLUSTER_TOOLS): | cluster-check

# For KueueIT: a batch queue of the cluster that BatchJobs wait in.
.PHONY: kueue
kueue: $(CACHE)/bin/kueue-$(KUEUE_VERSION) ## Build Kueue and start it in the test cluster (after make images)
	@e2e/kueue/kueue.sh up $(KUEUE_VERSION)
$(CACHE)/bin/kueue-$(KUEUE_VERSION): PACKAGE := sigs.k8s.io/kueue/cmd/kueue@$(KUEUE_VERSION)
