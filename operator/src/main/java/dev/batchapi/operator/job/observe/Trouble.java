package dev.batchapi.operator.job.observe;

/**
 * What keeps a worker from starting.
 *
 * @param reason in one word, such as {@code ImagePullFailed}
 * @param message in the words of who knows: kubelet, scheduler, API server
 */
public record Trouble(String reason, String message) {}
