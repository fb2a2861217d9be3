@NullMarked
package dev.batchapi.operator.job.status;

import org.jspecify.annotations.NullMarked;
