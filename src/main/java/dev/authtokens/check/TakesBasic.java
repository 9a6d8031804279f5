package dev.authtokens.check;

import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** An endpoint that knows callers by HTTP Basic, too. */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@interface TakesBasic {

    /** Many clients send a password only to who asks for it (RFC 7617, section 2; RFC 6749, section 5.2). */
    @Provider
    @TakesBasic
    class Challenge implements ContainerResponseFilter {

        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            if (response.getStatus() == Status.UNAUTHORIZED.getStatusCode()) {
                response.getHeaders()
                        .add(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"auth-tokens\", charset=\"UTF-8\"");
            }
        }
    }
}
