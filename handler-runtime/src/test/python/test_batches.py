"""Construction, batches, on_job_complete, close: the life of a handler that does nothing wrong."""

from fake_worker import RESULT, HostTest


class BatchesTest(HostTest):
    def test_a_batch_is_handled_and_its_result_comes_back_as_json(self):
        worker = self.ready(
            """
            class Handler:
                def handle_batch(self, payload, batch_id):
                    return [batch_id, payload, "Grüße", 1.5, True, None]
            """
        )
        kind, body = worker.handle([1, {"a": "ü"}], batch_id="uid-3")
        self.assertEqual(kind, RESULT)
        self.assertEqual(body.decode(), '["uid-3",[1,{"a":"ü"}],"Grüße",1.5,true,null]')
        self.assertEqual(worker.stop(), 0)

    def test_hello_names_protocol_language_runtime_and_pid(self):
        worker = self.worker("class Handler: pass")
        self.assertEqual(worker.hello["protocol"], 1)
        self.assertEqual(worker.hello["language"], "python")
        self.assertRegex(worker.hello["runtime"], r"^CPython 3\.\d+\.\d+$")
        self.assertEqual(worker.hello["pid"], worker.process.pid)
