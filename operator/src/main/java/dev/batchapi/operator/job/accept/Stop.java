package dev.batchapi.operator.job.accept;

/** Ends an acceptance early. */
final class Stop extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Acceptance.Result result;

  Stop(Acceptance.Result result) {
    super(null, null, false, false);
    this.result = result;
  }

  Acceptance.Result result() {
    return result;
  }
}
