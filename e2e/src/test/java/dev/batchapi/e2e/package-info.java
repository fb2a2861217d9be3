/**
 * The installed product on a real cluster: the actors are the user (kubectl), the operator and the
 * cluster. Needs {@code make cluster images install} and {@code BATCHAPI_E2E_KUBECONFIG}; {@code
 * make test} sees to both.
 */
@NullMarked
package dev.batchapi.e2e;

import org.jspecify.annotations.NullMarked;
