@NullMarked
package dev.batchapi.operator.job.split;

import org.jspecify.annotations.NullMarked;
