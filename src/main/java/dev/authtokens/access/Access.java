package dev.authtokens.access;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says who may call an endpoint. An endpoint without it is refused to everybody. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Access {

    Who value();

    enum Who {
        /** Everybody; an Authorization header is not even looked at. */
        ANYONE,
        /** Everybody with a good token. */
        SIGNED_IN,
        /** Administrators with a good token. */
        ADMIN;

        public boolean includes(Role role) {
            return this != ADMIN || role == Role.ADMIN;
        }
    }
}
