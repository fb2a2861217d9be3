package dev.batchapi.data.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.policy.HttpPipelineSyncPolicy;

/**
 * Requests without a body don't say that it has no bytes: the JDK's client leaves that out, and
 * Azure's would warn of it at each request.
 */
final class WithoutLength extends HttpPipelineSyncPolicy {

  @Override
  protected void beforeSendingRequest(HttpPipelineCallContext context) {
    var request = context.getHttpRequest();
    if (request.getHttpMethod() == HttpMethod.GET || request.getHttpMethod() == HttpMethod.HEAD) {
      request.getHeaders().remove(HttpHeaderName.CONTENT_LENGTH);
    }
  }
}
