package dev.batchapi.data.collect;

/** A job's output folder can't be used; the message names the folder and the way out. */
public class OutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final OutputProblem problem;

  public OutputException(OutputProblem problem, String message) {
    super(message);
    this.problem = problem;
  }

  /** What kind it is. */
  public OutputProblem problem() {
    return problem;
  }
}
