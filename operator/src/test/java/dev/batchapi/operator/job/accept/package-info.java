@NullMarked
package dev.batchapi.operator.job.accept;

import org.jspecify.annotations.NullMarked;
