package dev.batchapi.data.store;

import dev.batchapi.contract.PodFiles;
import dev.batchapi.contract.WorkerVariable;
import java.util.HashMap;
import java.util.Map;

/** Tokens of a pod's service account, where the vendors' own programs look for them. */
final class PodIdentity {
  private PodIdentity() {}

  /**
   * The environment with the variables that name the tokens, unless they are set: by a cloud's own
   * machinery, or by the author. Who has a secret of an application of Azure's uses that.
   */
  static Map<String, String> in(Map<String, String> env) {
    var folder = env.get(WorkerVariable.IDENTITY);
    if (folder == null) {
      return env;
    }
    var all = new HashMap<>(env);
    all.putIfAbsent("AWS_WEB_IDENTITY_TOKEN_FILE", folder + "/" + PodFiles.AWS_TOKEN);
    if (!env.containsKey("AZURE_CLIENT_SECRET")) {
      all.putIfAbsent("AZURE_FEDERATED_TOKEN_FILE", folder + "/" + PodFiles.AZURE_TOKEN);
    }
    return all;
  }
}
