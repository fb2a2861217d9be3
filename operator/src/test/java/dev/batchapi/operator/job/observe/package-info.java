@NullMarked
package dev.batchapi.operator.job.observe;

import org.jspecify.annotations.NullMarked;
