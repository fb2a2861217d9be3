@NullMarked
package dev.batchapi.operator.job.program;

import org.jspecify.annotations.NullMarked;
