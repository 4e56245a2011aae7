# language: nl
Functionaliteit: Geheimhouding en toestemming
  Geheimhouding reist mee met de gegevens. Onder een beroepsgeheim gaan gegevens alleen met toestemming van de
  betrokkene of na eigen afweging van de professional, en wie toestemming introk wordt gehoord (artikel 7 en 13).

  Regel: De geheimhouding van politiegegevens reist mee (7.1)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de politie, de burgemeester en de reclassering nemen deel aan het overleg

    @regel-7.1 @toegestaan
    Scenario: De politie geeft politiegegevens met het merk van artikel 7 Wpg
      Als de politie de politiegegevens van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-7.1 @geweigerd
    Scenario: Het merk van artikel 7 Wpg is weggelaten
      Als de politie de politiegegevens van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Maar de geheimhouding van artikel 7 Wpg staat er niet bij
      Dan wordt het bericht geweigerd op regel 7.1
      En leest de afzender: De geheimhouding van artikel 7 Wpg gaat met de gegevens mee. Zet het Wpg-merk bij de voorwaarden.

    @regel-7.1 @geweigerd
    Scenario: De reclassering geeft door wat zij eerder van de politie kreeg
      Als de reclassering de politiegegevens van de betrokkene, die de politie gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 7.1
      En leest de afzender: Politiegegevens van eerder geeft u niet door. De politie verstrekt ze opnieuw.

    @regel-7.1 @toegestaan
    Scenario: De reclassering geeft politiegegevens door met een vastgelegde toestemming van de politie
      Als de reclassering de politiegegevens van de betrokkene, die de politie gaf, doorgeeft aan het huis, voor het gezamenlijke beeld
      En de politie heeft vastgelegd dat de reclassering dat mag
      Dan mag het bericht worden verstuurd

    @regel-7.1 @geweigerd
    Scenario: Die toestemming geldt voor doorgeven aan het huis, en niet voor doorgeven buiten het huis om
      Als de reclassering de politiegegevens van de betrokkene, die de politie gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      En de politie heeft vastgelegd dat de reclassering dat mag
      Dan wordt het bericht geweigerd op regel 7.1
      En leest de afzender: Deze toestemming van de politie past niet bij dit gegeven en deze afzender. Noem de juiste of laat het weg.

  Regel: Onder een beroepsgeheim gaat er niets zonder toestemming (7.2a-b)

    Achtergrond:
      Gegeven een casus in triage, aangemeld door de gemeente
      En de ggz is in de triage bevraagd

    @regel-7.2a-b @toegestaan
    Scenario: De ggz vertelt met toestemming dat de betrokkene bij haar bekend is
      Als de ggz antwoordt dat de betrokkene bekend is, met diens toestemming voor deze casus en fase
      Dan mag het bericht worden verstuurd

    @regel-7.2a-b @geweigerd
    Scenario: Zonder toestemming zegt de ggz ook niet dat de betrokkene bekend is
      Als de ggz antwoordt dat de betrokkene bekend is, zonder toestemming
      Dan wordt het bericht geweigerd op regel 7.2a en 7.2b
      En leest de afzender: Dat iemand bekend is valt onder de geheimhouding. Noem toestemming of uitzondering, of doe geen uitspraak.

    @regel-7.2a-b @geweigerd
    Scenario: Een toestemming van lang geleden geldt niet voor deze fase
      Als de ggz antwoordt dat de betrokkene bekend is, met een toestemming van een jaar geleden
      Dan wordt het bericht geweigerd op regel 7.2a
      En leest de afzender: De toestemming is niet voor deze fase gegeven. Vraag haar opnieuw voor deze casus en fase.

    @regel-7.2a-b @toegestaan
    Scenario: Ook de zorgaanbieder antwoordt met toestemming
      Gegeven de zorgaanbieder is in de triage bevraagd
      Als de zorgaanbieder antwoordt dat de betrokkene bekend is, met diens toestemming voor deze casus en fase
      Dan mag het bericht worden verstuurd

  Regel: Na intrekking van de toestemming gaat het gegeven niet verder (7.2d)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de ggz en de burgemeester nemen deel aan het overleg

    @regel-7.2d @toegestaan
    Scenario: De toestemming geldt nog
      Gegeven de toestemming is niet ingetrokken
      Als het huis de gezondheidsgegevens van de betrokkene, die de ggz gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-7.2d @geweigerd
    Scenario: De betrokkene trok de toestemming gisteren in
      Gegeven de toestemming is gisteren ingetrokken
      Als het huis de gezondheidsgegevens van de betrokkene, die de ggz gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 7.2d
      En leest de afzender: De toestemming hiervoor is ingetrokken. Verstrek dit niet meer en laat het weg.

  Regel: Met een intrekking vervalt ook wat de ontvangers ermee mochten (13.7)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de ggz en de burgemeester nemen deel aan het overleg

    @regel-13.7 @toegestaan
    Scenario: Geen verstrekker meldde een intrekking
      Gegeven niemand meldde dat de toestemming waarop dit rust is ingetrokken
      Als het huis de gezondheidsgegevens van de betrokkene, die de ggz gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-13.7 @geweigerd
    Scenario: De ggz meldde dat de betrokkene de toestemming introk
      Gegeven de ggz meldde dat de toestemming waarop dit rust is ingetrokken
      Als het huis de gezondheidsgegevens van de betrokkene, die de ggz gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 7.2d
      En leest de afzender: De toestemming hiervoor is ingetrokken. Verstrek dit niet meer en laat het weg.

  Regel: Alleen de professional zelf weegt af wanneer toestemming niet lukt (7.2e)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de ggz en de burgemeester nemen deel aan het overleg

    @regel-7.2e @toegestaan
    Scenario: De ggz geeft zelf en beroept zich op een conflict van plichten
      Als de ggz de gezondheidsgegevens van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      En het bericht noemt in plaats van toestemming een conflict van plichten
      Dan mag het bericht worden verstuurd

    @regel-7.2e @toegestaan
    Scenario: Het huis geeft door wat de ggz zo gaf, en de ggz woog dat voor dit gebruik zelf opnieuw af
      Als het huis de gezondheidsgegevens van de betrokkene, die de ggz gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      En het bericht noemt in plaats van toestemming een conflict van plichten
      En het akkoord van de ggz noemt diezelfde uitzondering
      Dan mag het bericht worden verstuurd

    @regel-7.2e @geweigerd
    Scenario: Het huis kan die afweging niet namens de ggz maken
      Als het huis de gezondheidsgegevens van de betrokkene, die de ggz gaf, doorgeeft aan de burgemeester, voor het gezamenlijke beeld
      En het bericht noemt in plaats van toestemming een conflict van plichten
      Dan wordt het bericht geweigerd op regel 7.2e
      En leest de afzender: Alleen de betrokken zorg- of hulpverlener zelf maakt van 7.2e gebruik. Vraag toestemming.

  Regel: Wie gegevens krijgt, heeft geheimhouding vastgelegd (13.1)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-13.1 @toegestaan
    Scenario: De burgemeester legde de geheimhouding vast
      Gegeven de burgemeester heeft vastgelegd dat de eigen medewerkers tot geheimhouding zijn verplicht
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-13.1 @geweigerd
    Scenario: De burgemeester legde geen geheimhouding vast
      Gegeven de burgemeester heeft niet vastgelegd dat de eigen medewerkers tot geheimhouding zijn verplicht
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 13.1
      En leest de afzender: Van deze ontvanger is geen verklaring van geheimhouding vastgelegd. Laat die eerst vastleggen.

  Regel: Een verlopen screening sluit de deur (13.3)

    Achtergrond:
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering en de burgemeester nemen deel aan het overleg

    @regel-13.3 @toegestaan
    Scenario: De oudste screening is twee jaar oud
      Gegeven de oudste screening bij de burgemeester is 2 jaar oud
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-13.3 @geweigerd
    Scenario: De oudste screening is vier jaar oud
      Gegeven de oudste screening bij de burgemeester is 4 jaar oud
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 13.3
      En leest de afzender: De VOG of screening bij deze ontvanger ontbreekt of is verlopen. Laat die eerst vernieuwen.

  Regel: Gegevens van politie en OM gaan niet naar een doel dat er niet bij past (13.5)

    Achtergrond:
      Gegeven een casus in afschaling, aangemeld door de gemeente
      En de politie, het Openbaar Ministerie en Veilig Thuis nemen deel aan het overleg
      En de casusregie ligt bij Veilig Thuis

    @regel-13.5 @toegestaan
    Scenario: Politiegegevens die voor het plan zijn gegeven dienen om het resultaat te beoordelen
      Gegeven de gegevens zijn eerder gegeven voor het plan van aanpak
      Als het huis de politiegegevens van de betrokkene, die de politie gaf, doorgeeft aan Veilig Thuis, om het resultaat te beoordelen
      Dan mag het bericht worden verstuurd

    @regel-13.5 @geweigerd
    Scenario: Politiegegevens die dienden om de criteria te toetsen, gaan niet mee in de overdracht
      Gegeven de gegevens zijn eerder gegeven om de criteria te toetsen
      Als het huis de politiegegevens van de betrokkene, die de politie gaf, doorgeeft aan Veilig Thuis, om het resultaat te beoordelen
      Dan wordt het bericht geweigerd op regel 13.5
      En leest de afzender: Dit doel is niet verenigbaar met het doel waarvoor het gegeven kwam. Laat het opnieuw verstrekken.

    @regel-13.5 @toegestaan
    Scenario: Strafvorderlijke gegevens die voor het plan zijn gegeven dienen ook om het resultaat te beoordelen
      Gegeven de gegevens zijn eerder gegeven voor het plan van aanpak
      Als het huis de strafvorderlijke gegevens van de betrokkene, die het Openbaar Ministerie gaf, doorgeeft aan Veilig Thuis, om het resultaat te beoordelen
      Dan mag het bericht worden verstuurd

    @regel-13.5 @geweigerd
    Scenario: Strafvorderlijke gegevens die een eerste beeld dienden, gaan niet mee in de overdracht
      Gegeven de gegevens zijn eerder gegeven om een eerste beeld te vormen
      Als het huis de strafvorderlijke gegevens van de betrokkene, die het Openbaar Ministerie gaf, doorgeeft aan Veilig Thuis, om het resultaat te beoordelen
      Dan wordt het bericht geweigerd op regel 13.5
      En leest de afzender: Dit doel is niet verenigbaar met het doel waarvoor het gegeven kwam. Laat het opnieuw verstrekken.

  Regel: Gegevens onder geheimhouding gaan niet naar een doel dat er niet bij past (13.6)

    Achtergrond:
      Gegeven een casus in afschaling, aangemeld door de gemeente
      En de ggz en Veilig Thuis nemen deel aan het overleg
      En de casusregie ligt bij Veilig Thuis

    @regel-13.6 @toegestaan
    Scenario: Gezondheidsgegevens die voor het plan zijn gegeven dienen om het resultaat te beoordelen
      Gegeven de gegevens zijn eerder gegeven voor het plan van aanpak
      Als het huis de gezondheidsgegevens van de betrokkene, die de ggz gaf, doorgeeft aan Veilig Thuis, om het resultaat te beoordelen
      Dan mag het bericht worden verstuurd

    @regel-13.6 @geweigerd
    Scenario: Gezondheidsgegevens die dienden om de criteria te toetsen, gaan niet mee in de overdracht
      Gegeven de gegevens zijn eerder gegeven om de criteria te toetsen
      Als het huis de gezondheidsgegevens van de betrokkene, die de ggz gaf, doorgeeft aan Veilig Thuis, om het resultaat te beoordelen
      Dan wordt het bericht geweigerd op regel 13.6
      En leest de afzender: Dit doel is niet verenigbaar met het doel waarvoor het gegeven kwam. Laat het opnieuw verstrekken.
