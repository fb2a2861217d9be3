/** The Kubernetes API: the client, and Events. */
@NullMarked
package dev.batchapi.operator.kube;

import org.jspecify.annotations.NullMarked;
