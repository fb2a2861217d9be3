package dev.batchapi.operator.pod;

import dev.batchapi.contract.CollectorVariable;
import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.SplitterVariable;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Programs of the runtime image that do something for a job beside its workers. */
public enum Program {
  /** Finds a job's files and writes down its batches; takes the folder of its output. */
  SPLITTER(
      "splitter",
      "split",
      PodFiles.SPLITTER_ARGUMENTS,
      SplitterVariable.ARGUMENTS,
      SplitterVariable.JOB,
      SplitterVariable.ATTEMPT),

  /** Writes a job's results to the folder of its output. */
  COLLECTOR(
      "collector",
      "collect",
      PodFiles.COLLECTOR_ARGUMENTS,
      CollectorVariable.ARGUMENTS,
      CollectorVariable.JOB,
      CollectorVariable.ATTEMPT);

  /** What people call it; its container's name. */
  final String title;

  /** What it does, in the names of its objects. */
  final String verb;

  /** What is started in the runtime image. */
  final String command;

  /** The variables that tell it what to do, of which BatchJob, and which one it is. */
  final String argumentsVariable;

  final String jobVariable;
  final String attemptVariable;

  private final Pattern jobName;

  Program(
      String title,
      String verb,
      String command,
      String argumentsVariable,
      String jobVariable,
      String attemptVariable) {
    this.title = title;
    this.verb = verb;
    this.command = command;
    this.argumentsVariable = argumentsVariable;
    this.jobVariable = jobVariable;
    this.attemptVariable = attemptVariable;
    jobName = Pattern.compile(".*-" + verb + "-([0-9]{1,9})");
  }

  /** What people call it; its container's name. */
  public String title() {
    return title;
  }

  /**
   * Name of one of its Jobs.
   *
   * @param attempt how many for this BatchJob came before it
   */
  public String jobName(String job, int attempt) {
    return "%s-%s-%d".formatted(job, verb, attempt);
  }

  /** Which one a Job's name says it is, from 0; empty if it is none of these. */
  public OptionalInt attempt(String name) {
    var matcher = jobName.matcher(name);
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /** The Secret with its credentials for the queue. */
  String credentials(JobId job) {
    return Names.mounted(job.name(), job.uid(), verb);
  }
}
