@NullMarked
package dev.batchapi.operator.job.collect;

import org.jspecify.annotations.NullMarked;
