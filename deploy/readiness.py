"""What of BatchAPI is ready, and why the rest is not, from what the cluster lists."""

WORKLOADS = ["batchapi-operator", "nats", "statsd-exporter"]
NAME = "app.kubernetes.io/name"


class State:
    def __init__(self, objects):
        def of_kind(*kinds):
            return [o for o in objects if o["kind"] in kinds]

        self.workloads = {w["metadata"]["name"]: w for w in of_kind("Deployment", "StatefulSet")}
        self.pods = [p for p in of_kind("Pod") if "deletionTimestamp" not in p["metadata"]]
        self.warnings = {}
        for event in sorted(of_kind("Event"), key=_time):
            if event.get("type") == "Warning":
                self.warnings[event["involvedObject"].get("uid")] = event.get("message", "")

    def ready(self):
        return all(self._ready(name) for name in WORKLOADS)

    def summary(self):
        """One line: how far each of them is."""
        return ", ".join(self._summary(name) for name in WORKLOADS)

    def reasons(self):
        """A sentence or two for each that is not ready."""
        return [
            reason for name in WORKLOADS if not self._ready(name) for reason in self._reasons(name)
        ]

    def _ready(self, name):
        workload = self.workloads.get(name)
        if workload is None:
            return False
        wanted, status = workload["spec"].get("replicas", 1), workload.get("status", {})
        return (
            status.get("observedGeneration", 0) >= workload["metadata"]["generation"]
            and status.get("replicas", 0) == wanted  # else one of the version before is still there
            and status.get("updatedReplicas", 0) == wanted
            and status.get("readyReplicas", 0) == wanted
        )

    def _summary(self, name):
        if self._ready(name):
            return f"{name} ready"
        waits = [brief for pod in self._pods(name) if (brief := _brief(pod))]
        return f"{name} not ready" + (f" ({'; '.join(waits)})" if waits else "")

    def _pods(self, name):
        return [
            p for p in self.pods if p["metadata"]["labels"].get(NAME) == name and not _is_ready(p)
        ]

    def _reasons(self, name):
        workload = self.workloads.get(name)
        if workload is None:
            return [f"{name} is not there: it was deleted meanwhile; run the installation again."]
        pods = self._pods(name)
        if pods:
            return [self._reason(pod) for pod in pods]
        refused = [
            c["message"]
            for c in workload.get("status", {}).get("conditions", [])
            if c["type"] == "ReplicaFailure" and c["status"] == "True"
        ]
        last = self.warnings.get(workload["metadata"]["uid"])
        return [f"{name} has no pod: {(refused or [last or 'none was made yet'])[0]}"]

    def _reason(self, pod):
        name, event = pod["metadata"]["name"], self.warnings.get(pod["metadata"]["uid"])
        text = f"pod {name}: {_brief(pod) or pod['status'].get('phase')}"
        message = _message(pod)
        # The waiting container's own words are about now, an event may be about a while ago.
        if message or event:
            text += f": {message or event}"
        return f"{text}\n  {_way_out(name, text)}"


def _way_out(pod, text):
    if "ImagePull" in text or "ErrImage" in text or "InvalidImageName" in text:
        return (
            "`make images` puts the images into the test cluster; for another, push them to a registry that it"
            " can reach and name them in deploy/images.env."
        )
    if "PersistentVolumeClaim" in text:
        return "No volume for it: the cluster needs a default StorageClass, or deploy/nats.yaml one by name."
    if "Crash" in text or "Error" in text or "OOMKilled" in text:
        return f"kubectl -n batchapi-system logs {pod} --previous"
    if '"nats-server-config" not found' in text:
        return "The operator makes that Secret when it starts: look at the operator first."
    return f"kubectl -n batchapi-system describe pod {pod}"


def _is_ready(pod):
    return any(
        c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", [])
    )


def _waiting(pod):
    statuses = pod["status"].get("initContainerStatuses", []) + pod["status"].get(
        "containerStatuses", []
    )
    for status in statuses:
        state = status.get("state", {})
        last = status.get("lastState", {}).get("terminated")
        if waiting := state.get("waiting"):
            return waiting, last
        if ended := state.get("terminated"):
            return ended, ended
    return None, None


def _brief(pod):
    """In a word or two what a pod waits for."""
    for condition in pod["status"].get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return condition.get("reason")
    waiting, ended = _waiting(pod)
    if waiting is None:
        return "starting" if pod["status"].get("phase") == "Running" else None
    if ended:
        return f"{waiting.get('reason')}, exit code {ended['exitCode']} ({ended.get('reason')})"
    # The kubelet goes to and fro between these two.
    return "ImagePullBackOff" if waiting.get("reason") == "ErrImagePull" else waiting.get("reason")


def _message(pod):
    for condition in pod["status"].get("conditions", []):
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return condition.get("message")
    waiting, ended = _waiting(pod)
    words = (ended or {}).get("message", "").strip()
    return words or (waiting or {}).get("message")


def _time(event):
    return (
        event.get("lastTimestamp")
        or event.get("eventTime")
        or event["metadata"].get("creationTimestamp", "")
    )
