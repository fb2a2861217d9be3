import unittest

import readiness


def workload(name, kind="Deployment", **status):
    whole = {
        "observedGeneration": 2,
        "replicas": 1,
        "updatedReplicas": 1,
        "readyReplicas": 1,
        **status,
    }
    return {
        "kind": kind,
        "metadata": {"name": name, "uid": name, "generation": 2},
        "spec": {"replicas": 1},
        "status": whole,
    }


def pod(workload_name, waiting=None, last=None, unscheduled=None, ready=False):
    conditions = [{"type": "Ready", "status": str(ready)}]
    if unscheduled:
        conditions.append(
            {
                "type": "PodScheduled",
                "status": "False",
                "reason": "Unschedulable",
                "message": unscheduled,
            }
        )
    container = {"state": {"waiting": waiting} if waiting else {"running": {}}}
    if last:
        container["lastState"] = {"terminated": last}
    status = {"phase": "Pending" if waiting or unscheduled else "Running", "conditions": conditions}
    if not unscheduled:
        status["containerStatuses"] = [container]
    labels = {readiness.NAME: workload_name}
    name = workload_name + "-1"
    return {
        "kind": "Pod",
        "metadata": {"name": name, "uid": name, "labels": labels},
        "status": status,
    }


def warning(of, message, at):
    return {
        "kind": "Event",
        "type": "Warning",
        "metadata": {},
        "involvedObject": {"uid": of},
        "lastTimestamp": at,
        "message": message,
    }


ALL = [workload("batchapi-operator"), workload("nats", "StatefulSet"), workload("statsd-exporter")]


def state_with(name, *objects, **status):
    others = [w for w in ALL if w["metadata"]["name"] != name]
    return readiness.State([*others, workload(name, **{"readyReplicas": 0, **status}), *objects])


class ReadinessTest(unittest.TestCase):
    def test_all_is_ready(self):
        state = readiness.State(ALL)
        self.assertTrue(state.ready())
        self.assertEqual(
            "batchapi-operator ready, nats ready, statsd-exporter ready", state.summary()
        )

    def test_one_of_the_version_before_is_not_yet_ready(self):
        self.assertFalse(state_with("nats", readyReplicas=1, observedGeneration=1).ready())
        self.assertFalse(state_with("nats", readyReplicas=1, replicas=2).ready())
        self.assertFalse(state_with("nats", readyReplicas=1, updatedReplicas=0).ready())

    def test_a_volume_that_nobody_provides(self):
        why = "pod has unbound immediate PersistentVolumeClaims"
        state = state_with("nats", pod("nats", unscheduled=why))
        self.assertIn("nats not ready (Unschedulable)", state.summary())
        self.assertIn("pod nats-1: Unschedulable: " + why, state.reasons()[0])
        self.assertIn("default StorageClass", state.reasons()[0])

    def test_an_image_that_is_not_there(self):
        waiting = {
            "reason": "ImagePullBackOff",
            "message": 'Back-off pulling image "batchapi/operator:9"',
        }
        reasons = state_with("batchapi-operator", pod("batchapi-operator", waiting)).reasons()
        self.assertIn('ImagePullBackOff: Back-off pulling image "batchapi/operator:9"', reasons[0])
        self.assertIn("deploy/images.env", reasons[0])

    def test_a_program_that_ends_says_its_last_words(self):
        last = {"exitCode": 64, "reason": "Error", "message": 'BATCHAPI_LEASE_SECONDS is "x".'}
        waiting = {"reason": "CrashLoopBackOff", "message": "back-off 10s restarting"}
        reason = state_with("batchapi-operator", pod("batchapi-operator", waiting, last)).reasons()[
            0
        ]
        self.assertIn('exit code 64 (Error): BATCHAPI_LEASE_SECONDS is "x".', reason)
        self.assertIn("kubectl -n batchapi-system logs batchapi-operator-1 --previous", reason)

    def test_a_secret_that_the_operator_has_not_made(self):
        words = (
            'MountVolume.SetUp failed for volume "config" : secret "nats-server-config" not found'
        )
        events = [
            warning("nats-1", words, "2026-01-01T00:00:02Z"),
            warning("nats-1", "old", "2026-01-01T00:00:01Z"),
        ]
        reason = state_with(
            "nats", pod("nats", {"reason": "ContainerCreating"}), *events
        ).reasons()[0]
        self.assertIn(words, reason)
        self.assertIn("look at the operator first", reason)

    def test_a_pod_that_was_refused(self):
        refused = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: pods"}
        state = state_with("statsd-exporter", replicas=0, conditions=[refused])
        self.assertEqual(["statsd-exporter has no pod: exceeded quota: pods"], state.reasons())

    def test_a_pod_of_a_stateful_set_that_was_refused(self):
        refused = warning("nats", "create Pod nats-0 failed: forbidden", "2026-01-01T00:00:00Z")
        self.assertEqual(
            ["nats has no pod: create Pod nats-0 failed: forbidden"],
            state_with("nats", refused, replicas=0).reasons(),
        )

    def test_nothing_is_there(self):
        self.assertFalse(readiness.State([]).ready())
        self.assertEqual(3, len(readiness.State([]).reasons()))


if __name__ == "__main__":
    unittest.main()
