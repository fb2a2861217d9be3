@NullMarked
package dev.batchapi.operator.job.decide;

import org.jspecify.annotations.NullMarked;
