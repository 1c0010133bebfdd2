-- The agent who gets a ticket of this queue next: there, with the skills that the queue asks for and the language, and
-- of those who have room the one with the least open tickets for what they take at once. One row or none. Nobody gets
-- the ticket of a customer whom they do not see: region and lines decide as in TicketQuerySet.visible_to.
SELECT agent.user_id
FROM service_agent AS agent
JOIN service_queuemember AS member ON member.agent_id = agent.id AND member.queue_id = %(queue)s
JOIN service_queue AS queue ON queue.id = member.queue_id
JOIN staff_user AS person ON person.id = agent.user_id
CROSS JOIN LATERAL (
    SELECT count(*) AS n
    FROM service_ticket AS ticket
    WHERE ticket.assignee_id = agent.user_id
        AND ticket.closed_at IS NULL AND ticket.resolved_at IS NULL AND ticket.merged_into_id IS NULL
) AS load
WHERE agent.is_available
    AND person.is_active
    AND queue.skills <@ agent.skills
    AND (%(language)s = '' OR agent.languages = '{}' OR %(language)s = ANY(agent.languages))
    AND load.n < agent.capacity
    AND (%(customer)s::bigint IS NULL OR person.regions = '{}' OR %(region)s = ANY(person.regions))
    AND (
        %(customer)s::bigint IS NULL OR person.business_lines = '{}'
        OR (
            (%(line)s = '' OR %(line)s = ANY(person.business_lines))
            AND EXISTS (
                SELECT FROM customers_customer AS customer
                WHERE customer.id = %(customer)s AND customer.lines && person.business_lines
            )
        )
    )
ORDER BY load.n::float / agent.capacity, agent.available_since NULLS LAST, agent.id
LIMIT 1
