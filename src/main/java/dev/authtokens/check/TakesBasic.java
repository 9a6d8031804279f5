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

    /**
     * Many programs send a password only to who asks for it (RFC 9110, section 11.6.1; RFC 6749, section 5.2). A browser
     * would ask a person, and keep the answer; it tells its origin with every POST.
     */
    @Provider
    @TakesBasic
    class Challenge implements ContainerResponseFilter {

        @Override
        public void filter(ContainerRequestContext request, ContainerResponseContext response) {
            boolean byProgram = request.getHeaderString("Origin") == null;
            if (response.getStatus() == Status.UNAUTHORIZED.getStatusCode() && byProgram) {
                response.getHeaders()
                        .add(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"auth-tokens\", charset=\"UTF-8\"");
            }
        }
    }
}
