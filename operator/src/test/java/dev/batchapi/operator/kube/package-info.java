@NullMarked
package dev.batchapi.operator.kube;

import org.jspecify.annotations.NullMarked;
